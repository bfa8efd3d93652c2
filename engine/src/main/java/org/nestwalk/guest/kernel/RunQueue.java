package org.nestwalk.guest.kernel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;

/// The tasks of one virtual CPU, which take turns. Any thread may add one; the rest is the CPU's.
final class RunQueue {
    private final Queue<Task> waiting = new ConcurrentLinkedQueue<>();
    private @Nullable Task current;
    private @Nullable Task inCpu;
    private volatile boolean running;

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

    /// A slice of the CPU begins or ends.
    void setRunning(boolean value) {
        running = value;
    }

    /// As data, while the CPU is in no slice.
    ///
    /// @param loaded number of the process whose tables the CPU has loaded, or 0
    /// @throws InputException if it is in one
    KernelState.CpuTasks save(int cpu, int loaded) {
        if (running) {
            throw new InputException(
                    "virtual CPU %d is running; stop it before the guest is saved".formatted(cpu));
        }
        return new KernelState.CpuTasks(
                name(current),
                waiting.stream().filter(RunQueue::goesOn).map(RunQueue::nameOf).toList(),
                name(inCpu),
                loaded);
    }

    private static boolean goesOn(Task task) {
        return task.state() == Task.State.READY;
    }

    private static KernelState.@Nullable TaskName name(@Nullable Task task) {
        return task == null || !goesOn(task) ? null : nameOf(task);
    }

    private static KernelState.TaskName nameOf(Task task) {
        return new KernelState.TaskName(task.process().id(), task.process().tasks().indexOf(task));
    }

    /// Becomes, from having no task, what `saved` says.
    ///
    /// @throws InputException if there is no such task that goes on
    void restore(KernelState.CpuTasks saved, Processes processes) {
        current = saved.current() == null ? null : find(saved.current(), processes);
        saved.waiting().forEach(name -> waiting.add(find(name, processes)));
        inCpu = saved.inCpu() == null ? null : find(saved.inCpu(), processes);
    }

    private static Task find(KernelState.TaskName name, Processes processes) {
        GuestProcess process = processes.find(name.process());
        if (process == null
                || name.index() < 0
                || name.index() >= process.tasks().size()
                || !goesOn(process.tasks().get(name.index()))) {
            throw new InputException(
                    "there is no task %d of process %d to run"
                            .formatted(name.index(), name.process()));
        }
        return process.tasks().get(name.index());
    }
}
