package org.nestwalk.lab.migration.move;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.lab.snapshot.SavedPrograms;

/// What came of a program of a guest that has moved, or stayed.
///
/// @param program its name
/// @param accesses made in all, on both sides
/// @param checksum of what it loaded
/// @param verified whether that is the checksum of plain execution
/// @param failure why it ended early; left out if it did not
public record GuestEnd(
        String program,
        long accesses,
        String checksum,
        boolean verified,
        @Nullable String failure) {
    /// The tasks of the guest of `kernel` that have not ended: those that end here are not found
    /// later, and those that did elsewhere may still be there, if others of their process have not.
    static List<Task> tasks(GuestKernel kernel) {
        List<Task> tasks = new ArrayList<>();
        kernel.processes().forEach((GuestProcess process) -> tasks.addAll(process.tasks()));
        tasks.removeIf(GuestEnd::hasEnded);
        return tasks;
    }

    /// Whether `task` has made all accesses, or failed.
    static boolean hasEnded(Task task) {
        return task.state() == Task.State.FINISHED || task.failure() != null;
    }

    /// Of `tasks`, which have ended.
    static List<GuestEnd> of(List<Task> tasks) {
        return tasks.stream().map(GuestEnd::of).toList();
    }

    private static GuestEnd of(Task task) {
        TaskProgram program = task.program();
        boolean right =
                program != null
                        && task.failure() == null
                        && PlainExecution.of(SavedPrograms.open(program)).checksum()
                                == task.checksum();
        return new GuestEnd(
                program == null ? "" : program.text(),
                task.made(),
                "%016x".formatted(task.checksum()),
                right,
                task.failure() == null ? null : task.failure().message());
    }
}
