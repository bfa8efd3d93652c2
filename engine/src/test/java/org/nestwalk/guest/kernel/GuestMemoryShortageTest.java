package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.program.Program;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit.Cause;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;

class GuestMemoryShortageTest {
    @ParameterizedTest
    @EnumSource
    void taskWithoutMemoryEndsAndOthersGoOn(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = new Guest(machine, 12 * Guest.MIB, 2, Guest.settings(pages))) {
                Program small = Guest.program("gups:footprint=2MiB,accesses=20k");
                Program large = Guest.program("sequential:footprint=16MiB,accesses=3M,writes=0.1");
                Task first = guest.start(small, 0);
                guest.slice(0, 10_000);
                Task greedy = guest.start(large, 0);
                Task second = guest.start(small, 1);
                guest.slice(1, 10_000);
                guest.runAll(5000);
                assertThat(Guest.assertFailed(greedy, Cause.GUEST_OUT_OF_MEMORY))
                        .contains("no free memory");
                Guest.assertPlain(first, small);
                Guest.assertPlain(second, small);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void firstTouchFallsBackToSmallPageWithoutFreeBlock(Machines machine) {
        try (Guest guest =
                new Guest(machine, 8 * Guest.MIB, 1, Guest.settings(PagePolicy.TRANSPARENT_HUGE))) {
            // Of 8 MiB, 2 are the kernel's, and tables break up another 2.
            Program program = Guest.program("sequential:footprint=5MiB,accesses=1M,writes=1");
            Task task = guest.start(program, 0);
            guest.slice(0, 900_000);
            assertThat(task.process().counts().largeTouches()).isEqualTo(2);
            assertThat(task.process().counts().largeFallbacks()).isPositive();
            guest.runAll(100_000);
            Guest.assertPlain(task, program);
        }
    }

    @ParameterizedTest
    @EnumSource
    void memoryOfProcessesThatEndedServesOthers(Machines machine) {
        try (Guest guest =
                new Guest(
                        machine, 12 * Guest.MIB, 1, Guest.settings(PagePolicy.TRANSPARENT_HUGE))) {
            Program program = Guest.program("gups:footprint=8MiB,accesses=10k");
            for (int i = 0; i < 20; i++) {
                Task task = guest.start(program, 0);
                guest.runAll(3000);
                Guest.assertPlain(task, program);
                assertThat(task.process().isAlive()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void endedProcessCannotBeUsed(Machines machine) {
        try (Guest guest = new Guest(machine, 8 * Guest.MIB, 1, Guest.settings(PagePolicy.SMALL))) {
            Task task = guest.start(Guest.program("gups:footprint=1MiB,accesses=1k"), 0);
            guest.kernel.exit(0, task.process());
            assertThat(task.state()).isEqualTo(Task.State.KILLED);
            assertThat(guest.slice(0, 10)).isFalse();
            assertThatThrownBy(() -> guest.kernel.fork(0, task.process()))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("has ended");
        }
    }

    @Test
    void guestWithoutRoomForAProgramIsRefused() {
        FlatMachine machine = new FlatMachine(2 * Guest.MIB, 1);
        assertThatThrownBy(() -> new GuestKernel(machine, Guest.settings(PagePolicy.SMALL)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("4MiB or more");
    }

    @Test
    void hypervisorIsToldOfLargePagesBeforeTheyAreUsed() {
        FlatMachine machine = new FlatMachine(16 * Guest.MIB, 1);
        try (GuestKernel kernel =
                new GuestKernel(machine, Guest.settings(PagePolicy.TRANSPARENT_HUGE).withHints())) {
            long base = 0x7f00_0000_0000L;
            GuestProcess process = kernel.start(0, "p", List.of(Vma.around(base, 1)));
            kernel.run(process, Guest.source(Guest.store(base)), 0);
            assertThat(kernel.slice(0, 10)).isEqualTo(Slice.IDLE);
            assertThat(machine.hypercalls).hasSize(1);
            assertThat(machine.hypercalls.getFirst()).containsExactly(64, 4 << 20, 2 << 20, 0);
        }
    }

    @Test
    void kickStopsASliceThatGoesOnLater() {
        FlatMachine machine = new FlatMachine(16 * Guest.MIB, 1);
        try (GuestKernel kernel = new GuestKernel(machine, Guest.settings(PagePolicy.SMALL))) {
            Program program = Guest.program("gups:footprint=1MiB,accesses=1k");
            Task task = Guest.start(kernel, program, 0);
            assertThat(kernel.slice(0, 300)).isEqualTo(Slice.MORE);
            machine.cpus().get(0).kick();
            assertThat(kernel.slice(0, 300)).isInstanceOf(Slice.Stopped.class);
            assertThat(kernel.slice(0, 1000)).isEqualTo(Slice.IDLE);
            Guest.assertPlain(task, program);
        }
    }

    @Test
    void memoryIsValidatedOnceBeforeItIsUsed() {
        FlatMachine machine = new FlatMachine(16 * Guest.MIB, 1);
        try (GuestKernel kernel = new GuestKernel(machine, Guest.settings(PagePolicy.SMALL))) {
            Program program = Guest.program("sequential:footprint=3MiB,accesses=400k,writes=1");
            for (int i = 0; i < 2; i++) {
                Task task = Guest.start(kernel, program, 0);
                while (kernel.slice(0, 100_000) instanceof Slice.More) {
                    // To the end.
                }
                Guest.assertPlain(task, program);
            }
            // Two blocks for the pages and tables; the kernel's own is not used.
            assertThat(machine.validated).hasSize(2 * 512).doesNotHaveDuplicates();
        }
    }

    /// What was taken for a page that the host cannot back is free again.
    @Test
    void pageThatTheHostCannotBackIsGivenBack() {
        SimulatedMachine machine =
                new SimulatedMachine(SimulatedSettings.of(Machines.model(), 4 * Guest.MIB));
        VirtualMachine vm =
                machine.create(new VmSettings("vm", 16 * Guest.MIB, 1, TranslationMode.NESTED));
        var _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        GuestKernel kernel = new GuestKernel(vm, Guest.settings(PagePolicy.SMALL));
        Program program = Guest.program("sequential:footprint=8MiB,accesses=1M,writes=1");
        Task task = Guest.start(kernel, program, 0);
        assertThat(kernel.slice(0, 1_000_000)).isInstanceOf(Slice.Stopped.class);
        long free = kernel.allocator().freeFrames();
        for (int i = 0; i < 3; i++) {
            assertThat(kernel.slice(0, 1_000_000)).isInstanceOf(Slice.Stopped.class);
            assertThat(kernel.allocator().freeFrames()).isEqualTo(free);
        }
        assertThat(task.state()).isEqualTo(Task.State.READY);
    }
}
