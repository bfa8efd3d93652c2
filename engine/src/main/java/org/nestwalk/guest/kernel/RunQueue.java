package org.nestwalk.guest.kernel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// The tasks of one virtual CPU, which take turns. Any thread may add one; the rest is the CPU's.
final class RunQueue {
    private final Queue<Task> waiting = new ConcurrentLinkedQueue<>();
    private @Nullable Task current;
    private @Nullable Task inCpu;

    /// A task more.
    void add(Task task) {
        waiting.add(task);
    }

    /// The task whose turn it is, or null.
    @Nullable Task current() {
        while (current == null || current.state() != Task.State.READY) {
            current = waiting.poll();
            if (current == null) {
                return null;
            }
        }
        return current;
    }

    /// The current task's turn has ended; it goes on at once if it is the only one.
    void rotate() {
        if (current != null && !waiting.isEmpty()) {
            waiting.add(current);
            current = null;
        }
    }

    /// Whether `task` is what the CPU's state is about.
    @SuppressWarnings("ReferenceEquality") // a task is itself alone
    boolean isInCpu(Task task) {
        return inCpu == task;
    }

    /// The CPU's state has become that of `task`.
    void entered(Task task) {
        inCpu = task;
    }
}
