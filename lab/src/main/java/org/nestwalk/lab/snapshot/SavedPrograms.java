package org.nestwalk.lab.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.KernelState;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.traces.format.FileDigest;
import org.nestwalk.traces.format.TraceFolder;

/// What goes on from snapshots: generated programs by their texts, recorded traces by the files
/// that they are in.
public final class SavedPrograms {
    /// Levels of a guest's tables.
    static final int LEVELS = 4;

    private SavedPrograms() {}

    /// What runs `text`, a program or a trace.
    ///
    /// @throws InputException if there is no such thing
    public static GuestProgram named(String text) {
        return named(text, 1);
    }

    /// The same on `cpus` CPUs.
    ///
    /// @throws InputException if there is no such thing
    public static GuestProgram named(String text, int cpus) {
        boolean isFile = Files.exists(Path.of(text));
        return GuestProgram.open(
                isFile ? Path.of(text).toAbsolutePath().normalize().toString() : text,
                LEVELS,
                Long.MAX_VALUE,
                cpus);
    }

    /// The traces that tasks of `kernel` go on with.
    ///
    /// @throws InputException if one is not there any more
    static List<SnapshotHead.Trace> traces(KernelState kernel) {
        return kernel.processes().alive().stream()
                .flatMap(process -> process.tasks().stream())
                .map(task -> task.program().text())
                .filter(text -> Path.of(text).isAbsolute())
                .distinct()
                .map(text -> new SnapshotHead.Trace(text, sha256(Path.of(text))))
                .toList();
    }

    /// Refuses to go on with `trace` if it has changed: the guest's memory is that of the old one.
    ///
    /// @throws InputException if so, or if it is not there any more
    static void requireSame(SnapshotHead.Trace trace) {
        String now = sha256(Path.of(trace.path()));
        if (!now.equals(trace.sha256())) {
            throw new InputException(
                    "%s: the trace is another one than when the snapshot was taken: its SHA-256 is %s, and was %s; put that one there again"
                            .formatted(trace.path(), now, trace.sha256()));
        }
    }

    private static String sha256(Path trace) {
        requireThere(trace);
        if (Files.isDirectory(trace)) {
            return new TraceFolder.Digest(TraceFolder.files(trace)).finish();
        }
        try (FileDigest digest = new FileDigest(Files.newInputStream(trace), trace)) {
            return digest.finish();
        } catch (IOException e) {
            throw new InputException(
                    "%s: the trace cannot be read (%s)".formatted(trace, e.getMessage()), e);
        }
    }

    private static void requireThere(Path trace) {
        if (!Files.exists(trace)) {
            throw new InputException(
                    "%s: the trace that the guest goes on with is not there any more; put it there"
                            .formatted(trace));
        }
    }

    /// A fresh stream of `program`, whatever of both it is.
    ///
    /// @throws InputException if the trace is not there any more
    public static StepSource open(TaskProgram program) {
        Path trace = Path.of(program.text());
        if (!trace.isAbsolute()) {
            return ProgramSpec.open(program);
        }
        requireThere(trace);
        return GuestProgram.open(program.text(), LEVELS, program.limit(), 1).openCopy(0);
    }
}
