package org.nestwalk.guest.kernel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// Runs tasks on virtual CPUs, in turns of a number of accesses. Each CPU has its own queue; tasks
/// stay where they are put.
final class Scheduler {
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

    /// Gives the task whose turn it is on `cpu` up to `quantum` accesses, those after it the rest
    /// if it ends.
    Slice slice(VirtualMachine machine, int index, int quantum) {
        VirtualCpu cpu = machine.cpus().get(index);
        RunQueue queue = queues.get(index);
        int left = quantum;
        for (Task task = queue.current(); task != null; task = queue.current()) {
            if (left <= 0) {
                queue.rotate();
                return Slice.MORE;
            }
            if (!task.hasNext()) {
                VmExit.Failure failed = end(machine, cpu, task, Task.State.FINISHED, null);
                if (failed != null) {
                    return new Slice.Stopped(failed);
                }
                continue;
            }
            VmExit exit = run(machine, cpu, queue, task, left);
            left -= task.advance(cpu.position(), cpu.state());
            if (isOwn(exit)) {
                end(machine, cpu, task, Task.State.FAILED, (VmExit.Failure) exit);
            } else if (!(exit instanceof VmExit.ProgramEnd)) {
                return new Slice.Stopped(exit);
            }
        }
        return Slice.IDLE;
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
        return exit instanceof VmExit.Failure failure
                && (failure.cause() == VmExit.Cause.SEGMENTATION_FAULT
                        || failure.cause() == VmExit.Cause.GUEST_OUT_OF_MEMORY);
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
