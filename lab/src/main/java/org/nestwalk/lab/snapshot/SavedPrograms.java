package org.nestwalk.lab.snapshot;

import java.nio.file.Files;
import java.nio.file.Path;
import org.nestwalk.InputException;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.lab.vm.GuestProgram;

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

    /// A fresh stream of `program`, whatever of both it is.
    ///
    /// @throws InputException if the trace is not there any more
    public static StepSource open(TaskProgram program) {
        Path trace = Path.of(program.text());
        if (!trace.isAbsolute()) {
            return ProgramSpec.open(program);
        }
        if (!Files.exists(trace)) {
            throw new InputException(
                    "%s: the trace that the guest goes on with is not there any more; put it there"
                            .formatted(trace));
        }
        return GuestProgram.open(program.text(), LEVELS, program.limit(), 1).openCopy(0);
    }
}
