package org.nestwalk.guest.kernel;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.SystemCall;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// Runs tasks on virtual CPUs, in turns of a number of accesses. Each CPU has its own queue; tasks
/// stay where they are put.
final class Scheduler {
    private static final Set<VmExit.Cause> OF_THE_TASK =
            EnumSet.of(
                    VmExit.Cause.SEGMENTATION_FAULT,
                    VmExit.Cause.GUEST_OUT_OF_MEMORY,
                    VmExit.Cause.BUS_ERROR,
                    VmExit.Cause.DISK_FULL);

    private final GuestKernel kernel;
    private final TlbMaintenance tlbs;
    private final int switchCycles;
    private final List<RunQueue> queues = new ArrayList<>();

    Scheduler(GuestKernel kernel, TlbMaintenance tlbs, int cpus, int switchCycles) {
        this.kernel = kernel;
        this.tlbs = tlbs;
        this.switchCycles = switchCycles;
        for (int i = 0; i < cpus; i++) {
            queues.add(new RunQueue());
        }
    }

    /// Puts a task on a CPU.
    void add(Task task, int cpu) {
        queues.get(cpu).add(task);
    }

    /// As data, while no CPU is in a slice.
    ///
    /// @throws org.nestwalk.InputException if one is
    List<KernelState.CpuTasks> save(TlbMaintenance tlbs, Processes processes) {
        List<KernelState.CpuTasks> saved = new ArrayList<>();
        for (int cpu = 0; cpu < queues.size(); cpu++) {
            saved.add(queues.get(cpu).save(cpu, processes.idOf(tlbs.loaded(cpu))));
        }
        return saved;
    }

    /// Becomes, from having no tasks, what `saved` says.
    void restore(List<KernelState.CpuTasks> saved, Processes processes) {
        for (int cpu = 0; cpu < queues.size(); cpu++) {
            queues.get(cpu).restore(saved.get(cpu), processes);
        }
    }

    /// Gives the task whose turn it is on `cpu` up to `quantum` accesses, those after it the rest
    /// if it ends. System calls before the first access that is not made are made.
    Slice slice(VirtualMachine machine, int index, int quantum) {
        RunQueue queue = queues.get(index);
        queue.setRunning(true);
        try {
            return slice(machine, machine.cpus().get(index), queue, quantum);
        } finally {
            queue.setRunning(false);
        }
    }

    private Slice slice(VirtualMachine machine, VirtualCpu cpu, RunQueue queue, int quantum) {
        int left = quantum;
        for (Task task = queue.current(); task != null; task = queue.current()) {
            if (left <= 0) {
                queue.rotate();
                return Slice.MORE;
            }
            VmExit failed = null;
            if (task.hasNext()) {
                VmExit exit = run(machine, cpu, queue, task, left);
                left -= task.advance(cpu.position(), cpu.state());
                if (isOwn(exit)) {
                    failed = end(machine, cpu, task, Task.State.FAILED, (VmExit.Failure) exit);
                } else if (!(exit instanceof VmExit.ProgramEnd)) {
                    return new Slice.Stopped(exit);
                }
            } else if (task.call() != null) {
                left--;
                failed = call(machine, cpu, queue, task);
            } else {
                failed = end(machine, cpu, task, Task.State.FINISHED, null);
            }
            if (failed != null) {
                return new Slice.Stopped(failed);
            }
        }
        return Slice.IDLE;
    }

    /// Makes a task's system call. Returns why the machine cannot go on, or null.
    private @Nullable VmExit call(
            VirtualMachine machine, VirtualCpu cpu, RunQueue queue, Task task) {
        try {
            machine.exclusively(() -> {
                if (!queue.isInCpu(task)) {
                    enter(cpu, queue, task);
                }
                SystemCall call = task.call();
                if (call != null) {
                    kernel.call(cpu.kernel(), task, call);
                }
            });
        } catch (UnhandledExit stopped) {
            return stopped.exit();
        } catch (GuestFailure failure) {
            return isOwn(failure.failure())
                    ? end(machine, cpu, task, Task.State.FAILED, failure.failure())
                    : failure.failure();
        }
        task.called();
        return null;
    }

    private VmExit run(
            VirtualMachine machine, VirtualCpu cpu, RunQueue queue, Task task, int most) {
        if (!queue.isInCpu(task)) {
            machine.exclusively(() -> enter(cpu, queue, task));
        }
        return cpu.run(task.block(), task.from(), task.limit(most));
    }

    private void enter(VirtualCpu cpu, RunQueue queue, Task task) {
        cpu.kernel().spend(Cost.CONTEXT_SWITCH, switchCycles);
        tlbs.load(cpu.kernel(), task.process().space());
        cpu.setProgram(task.cursor(), task.checksum());
        queue.entered(task);
    }

    /// Whether it is the program's own fault, or want of the guest's memory, which ends the task
    /// and no other.
    private static boolean isOwn(VmExit exit) {
        return exit instanceof VmExit.Failure failure && OF_THE_TASK.contains(failure.cause());
    }

    private VmExit.@Nullable Failure end(
            VirtualMachine machine,
            VirtualCpu cpu,
            Task task,
            Task.State how,
            VmExit.@Nullable Failure why) {
        try {
            machine.exclusively(() -> {
                task.end(how, why);
                kernel.ended(cpu.kernel(), task);
            });
            return null;
        } catch (GuestFailure failure) {
            return failure.failure();
        }
    }
}
