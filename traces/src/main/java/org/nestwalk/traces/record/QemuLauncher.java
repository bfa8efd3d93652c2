package org.nestwalk.traces.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;

/// Runs the program in QEMU's user mode with our plugin, compiled on the spot.
final class QemuLauncher implements Launcher {
    private static final String SOURCE = "plugin.c";

    private final Path qemu;
    private final Path compiler;
    private final boolean dataOnly;

    private QemuLauncher(Path qemu, Path compiler, boolean dataOnly) {
        this.qemu = qemu;
        this.compiler = compiler;
        this.dataOnly = dataOnly;
    }

    /// A launcher, or null where QEMU or a C compiler is missing.
    static @Nullable QemuLauncher find(boolean dataOnly) {
        Path qemu = Programs.find("qemu-x86_64");
        Path compiler = Programs.find("cc");
        return qemu == null || compiler == null ? null : new QemuLauncher(qemu, compiler, dataOnly);
    }

    @Override
    public String name() {
        return "qemu-x86_64";
    }

    @Override
    public List<String> command(Workspace workspace, List<String> program) throws IOException {
        Path plugin = compile(workspace.directory());
        String options = plugin + ",pipe=" + workspace.pipe() + (dataOnly ? ",fetch=0" : "");
        List<String> command = new ArrayList<>(List.of(qemu.toString(), "-plugin", options));
        command.addAll(program);
        return command;
    }

    private Path compile(Path directory) throws IOException {
        Path source = directory.resolve(SOURCE);
        Path plugin = directory.resolve("plugin.so");
        try (InputStream code = QemuLauncher.class.getResourceAsStream(SOURCE)) {
            if (code == null) {
                throw new AssertionError(SOURCE + " is not on the class path");
            }
            Files.copy(code, source);
        }
        Process cc =
                new ProcessBuilder(
                                compiler.toString(),
                                "-O2",
                                "-shared",
                                "-fPIC",
                                "-o",
                                plugin.toString(),
                                source.toString(),
                                "-lpthread")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(cc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (cc.onExit().join().exitValue() != 0) {
            throw new InputException(
                    compiler
                            + " does not compile the recorder's plugin ("
                            + said.lines().findFirst().orElse("no message")
                            + "); install gcc and libc6-dev, or use --tool=lackey");
        }
        return plugin;
    }

    @Override
    public AccessStream open(InputStream pipe) {
        return new PluginStream(pipe);
    }

    @Override
    public boolean sharesAddresses() {
        return true;
    }

    @Override
    public Path tool() {
        return qemu;
    }
}
