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
    private static final List<String> SOURCES = List.of("plugin.c", "follow.h");

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
        String options =
                "%s,pipe=%s,unsent=%s,notes=%s%s"
                        .formatted(
                                plugin,
                                workspace.pipe(),
                                workspace.unsent(),
                                workspace.notes(),
                                dataOnly ? ",fetch=0" : "");
        List<String> command = new ArrayList<>(List.of(qemu.toString(), "-plugin", options));
        command.addAll(program);
        return command;
    }

    private Path compile(Path directory) throws IOException {
        Path plugin = directory.resolve("plugin.so");
        for (String source : SOURCES) {
            try (InputStream code = QemuLauncher.class.getResourceAsStream(source)) {
                if (code == null) {
                    throw new AssertionError(source + " is not on the class path");
                }
                Files.copy(code, directory.resolve(source));
            }
        }
        Process cc =
                new ProcessBuilder(
                                compiler.toString(),
                                "-O2",
                                "-shared",
                                "-fPIC",
                                "-o",
                                plugin.toString(),
                                directory.resolve(SOURCES.getFirst()).toString(),
                                "-lpthread")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(cc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (cc.onExit().join().exitValue() != 0) {
            throw new InputException(
                    compiler
                            + " does not compile the recorder's plugin ("
                            + said.lines().findFirst().orElse("no message")
                            + "); install gcc and libc6-dev, or record with lackey");
        }
        return plugin;
    }

    @Override
    public AccessStream open(Workspace workspace, InputStream pipe) {
        return new PluginStream(pipe, workspace.unsent());
    }

    @Override
    public Path tool() {
        return qemu;
    }
}
