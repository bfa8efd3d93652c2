package org.nestwalk.lab.snapshot;

import java.util.function.ToLongFunction;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.ProgramOpener;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestState;

/// Who goes on from a snapshot, and what must come of it.
///
/// @param state of the virtual machine, but for its memory
/// @param programs opens what goes on
/// @param checksum that a program has to end with
public record RestoredGuest(
        GuestState state, ProgramOpener programs, ToLongFunction<TaskProgram> checksum) {
    /// The guest that was saved.
    ///
    /// @throws org.nestwalk.InputException if `file` has none, or a trace that it goes on with is
    ///   not what it was
    static RestoredGuest of(SnapshotFile file) {
        file.head().traces().forEach(SavedPrograms::requireSame);
        return new RestoredGuest(
                file.state(),
                SavedPrograms::open,
                program -> PlainExecution.of(SavedPrograms.open(program)).checksum());
    }
}
