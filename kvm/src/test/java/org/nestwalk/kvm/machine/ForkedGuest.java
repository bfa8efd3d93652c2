package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;

/// A guest with a program on each CPU that can be frozen and forked at any moment.
final class ForkedGuest implements AutoCloseable {
    final VirtualMachine vm;
    final GuestKernel kernel;
    private final List<Task> tasks = new ArrayList<>();

    /// What a guest is made of again.
    ///
    /// @param memory it had
    /// @param state of all else
    record Frozen(FrozenMemory memory, GuestState state) implements AutoCloseable {
        ForkedGuest fork(String name) {
            VirtualMachine vm = memory.fork(name);
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
            return new ForkedGuest(vm, state.resume(vm, ProgramSpec::open));
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    private ForkedGuest(VirtualMachine vm, GuestKernel kernel) {
        this.vm = vm;
        this.kernel = kernel;
        kernel.processes().forEach(process -> tasks.addAll(process.tasks()));
    }

    static ForkedGuest start(KvmMachine machine, long bytes, PagePolicy pages, String... programs) {
        VirtualMachine vm =
                machine.create(
                        new VmSettings("parent", bytes, programs.length, TranslationMode.NESTED));
        Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        GuestKernel kernel =
                new GuestKernel(vm, KernelSettings.of(pages, SoftwareCosts.assumed(1000)));
        for (int cpu = 0; cpu < programs.length; cpu++) {
            Program program = ProgramSpec.parse(programs[cpu]);
            List<Vma> areas =
                    program.makesCalls()
                            ? List.of()
                            : List.of(Vma.around(program.base(), program.footprint()));
            GuestProcess process = kernel.start(cpu, "p" + cpu, areas);
            kernel.run(process, TaskProgram.of(program.spec()), ProgramSpec::open, cpu);
        }
        return new ForkedGuest(vm, kernel);
    }

    Frozen freeze() {
        return vm.exclusively(() -> {
            GuestState state = GuestState.saveCpus(kernel);
            return new Frozen(vm.freeze(), state);
        });
    }

    /// Lets each CPU make up to `accesses`; returns whether there is more to do.
    boolean run(int accesses) {
        boolean more = false;
        for (int cpu = 0; cpu < vm.cpus().size(); cpu++) {
            Slice slice = kernel.slice(cpu, accesses);
            assertThat(slice).isNotInstanceOf(Slice.Stopped.class);
            more |= slice instanceof Slice.More;
        }
        return more;
    }

    /// Runs to the end, and checks that all programs ended as on plain memory.
    void finish(String what) {
        while (run(7_000)) {
            // To the end.
        }
        for (Task task : tasks) {
            assertThat(task.state()).as(what).isEqualTo(Task.State.FINISHED);
            long expected =
                    PlainExecution.of(
                                    ProgramSpec.parse(Objects.requireNonNull(task.program()).text())
                                            .steps())
                            .checksum();
            assertThat(task.checksum()).as(what).isEqualTo(expected);
        }
    }

    /// All that its memory holds.
    long[] words() {
        long[] all = new long[(int) (vm.memory().bytes() / Long.BYTES)];
        long[] page = new long[GuestMemory.PAGE_WORDS];
        for (int i = 0; i < all.length; i += page.length) {
            vm.memory().readPage((long) i * Long.BYTES, page);
            System.arraycopy(page, 0, all, i, page.length);
        }
        return all;
    }

    @Override
    public void close() {
        vm.close();
    }
}
