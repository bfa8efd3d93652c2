package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.DisplacedSource;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.BuddyAllocator;

/// A machine with a kernel, and what tests do with them.
final class Guest implements AutoCloseable {
    static final long MIB = 1L << 20;
    static final long STRIDE = 64 * MIB;
    static final SoftwareCosts COSTS = SoftwareCosts.assumed(1500);

    final VirtualMachine machine;
    final GuestKernel kernel;
    private final int cpus;
    private final Runnable verify;

    Guest(Machines kind, long bytes, int cpus, KernelSettings settings) {
        this.cpus = cpus;
        Machines.Made made = kind.create(bytes, cpus);
        machine = made.vm();
        verify = made.verify();
        kernel = new GuestKernel(machine, kind.adapted(settings, cpus));
    }

    static KernelSettings settings(PagePolicy pages) {
        return KernelSettings.of(pages, COSTS);
    }

    static Program program(String spec) {
        return ProgramSpec.parse(spec);
    }

    static Task start(GuestKernel kernel, Program program, int cpu) {
        GuestProcess process =
                kernel.start(
                        cpu,
                        program.name(),
                        program.makesCalls()
                                ? List.of()
                                : List.of(Vma.around(program.base(), program.footprint())));
        return kernel.run(process, program.steps(), cpu);
    }

    Task start(Program program, int cpu) {
        return start(kernel, program, cpu);
    }

    /// One process with a task on each CPU, each with its own data.
    List<Task> startThreads(Program program) {
        List<Vma> areas = new ArrayList<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            areas.add(Vma.around(program.base() - cpu * STRIDE, program.footprint()));
        }
        GuestProcess process = kernel.start(0, program.name(), areas);
        List<Task> tasks = new ArrayList<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            StepSource source = new DisplacedSource(program.open(), -cpu * STRIDE);
            tasks.add(kernel.run(process, source, cpu));
        }
        return tasks;
    }

    /// Runs all CPUs in turns, `quantum` accesses at a time, until nothing is left to do.
    void runAll(int quantum) {
        boolean more = true;
        while (more) {
            more = false;
            for (int cpu = 0; cpu < cpus; cpu++) {
                more |= slice(cpu, quantum);
            }
        }
    }

    /// Runs one CPU, and fails if it stopped. Returns whether there is more.
    boolean slice(int cpu, int quantum) {
        Slice slice = kernel.slice(cpu, quantum);
        assertThat(slice).isNotInstanceOf(Slice.Stopped.class);
        return slice instanceof Slice.More;
    }

    static void assertPlain(Task task, Program program) {
        PlainExecution plain = PlainExecution.of(program.steps());
        assertThat(task.state()).isEqualTo(Task.State.FINISHED);
        assertThat(task.made()).isEqualTo(program.accesses());
        assertThat(task.cursor()).isEqualTo(plain.cursor());
        assertThat(task.checksum())
                .as("checksum of %s", program.spec())
                .isEqualTo(plain.checksum());
    }

    /// Checks that a task ended for `cause`, and returns the message.
    static String assertFailed(Task task, VmExit.Cause cause) {
        assertThat(task.state()).isEqualTo(Task.State.FAILED);
        VmExit.Failure failure = Objects.requireNonNull(task.failure());
        assertThat(failure.cause()).isEqualTo(cause);
        return failure.message();
    }

    /// A source of the accesses given.
    static AccessSource source(long... accesses) {
        return new AccessSource() {
            private int at;

            @Override
            public int next(long[] block) {
                int count = Math.min(block.length, accesses.length - at);
                System.arraycopy(accesses, at, block, 0, count);
                at += count;
                return count;
            }
        };
    }

    static long load(long gva) {
        return Access.pack(Access.LOAD, gva);
    }

    static long store(long gva) {
        return Access.pack(Access.STORE, gva);
    }

    /// Ends everything; all memory must be free then.
    @Override
    public void close() {
        kernel.close();
        BuddyAllocator first = kernel.allocator();
        assertThat(first.sameStateAs(new BuddyAllocator(0, first.end()))).isTrue();
        assertThat(kernel.isAllFree()).isTrue();
        machine.close();
        verify.run();
    }
}
