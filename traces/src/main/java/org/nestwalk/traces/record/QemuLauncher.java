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
    private static final List<String> SOURCES =
            List.of("plugin.c", "slots.h", "follow.h", "flow.h");
    private static final List<String> WITH_CAPSTONE = List.of("-DNESTWALK_FLOW", "-lcapstone");

    private final Path qemu;
    private final Path compiler;
    private final boolean dataOnly;
    private boolean derivesDependence;

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
                "%s,pipe=%s,events=%s,done=%s,notes=%s%s"
                        .formatted(
                                plugin,
                                workspace.pipe(),
                                workspace.events(),
                                workspace.done(),
                                workspace.notes(),
                                dataOnly && !derivesDependence ? ",fetch=0" : "");
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
        Path source = directory.resolve(SOURCES.getFirst());
        // The surest way to learn whether Capstone is there, its header and its library.
        derivesDependence = compile(source, plugin, WITH_CAPSTONE).isEmpty();
        String said = derivesDependence ? "" : compile(source, plugin, List.of());
        if (!said.isEmpty()) {
            throw new InputException(
                    compiler
                            + " does not compile the recorder's plugin ("
                            + said.lines().findFirst().orElse("no message")
                            + "); install gcc and libc6-dev, or record with lackey");
        }
        return plugin;
    }

    /// Returns what the compiler said, if it did not succeed; else nothing.
    private String compile(Path source, Path plugin, List<String> more) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(compiler.toString(), "-O2", "-shared", "-fPIC"));
        command.addAll(List.of("-o", plugin.toString(), source.toString(), "-lpthread"));
        command.addAll(more);
        Process cc = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(cc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean done = cc.onExit().join().exitValue() == 0;
        return done ? "" : said.isEmpty() ? "no message" : said;
    }

    @Override
    public boolean derivesDependence() {
        return derivesDependence;
    }

    @Override
    public AccessStream open(Workspace workspace, InputStream pipe) {
        EventSlots slots = new EventSlots(workspace.events(), workspace.done());
        return new PluginStream(pipe, slots, !dataOnly);
    }

    @Override
    public Path tool() {
        return qemu;
    }
}
