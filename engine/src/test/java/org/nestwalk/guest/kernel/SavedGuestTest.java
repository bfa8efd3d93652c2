package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.machine.VirtualMachine;

/// A guest's kernel as data: what is refused, and what a state is made of. Whether guests go on by
/// it is `SavedStateTest`'s, in `lab`.
class SavedGuestTest {
    private static final long BYTES = 32 * Guest.MIB;
    private static final Program PROGRAM = Guest.program("gups:footprint=4MiB,accesses=20k");

    private static Task start(GuestKernel kernel, int cpu) {
        GuestProcess process =
                kernel.start(cpu, "gups", List.of(Vma.around(PROGRAM.base(), PROGRAM.footprint())));
        return kernel.run(process, TaskProgram.of(PROGRAM.spec()), ProgramSpec::open, cpu);
    }

    private static Guest guest(Machines machine, int cpus) {
        return new Guest(machine, BYTES, cpus, Guest.settings(PagePolicy.TRANSPARENT_HUGE));
    }

    @Test
    void bothGuestsGoOnFromOneState() {
        try (Guest guest = guest(Machines.NESTED, 2)) {
            Task first = start(guest.kernel, 0);
            Task second = start(guest.kernel, 1);
            guest.slice(0, 5000);
            guest.slice(1, 9000);
            GuestState state = GuestState.save(guest.kernel);
            VirtualMachine other = Machines.SHADOW.create(BYTES, 2).vm();
            GuestKernel kernel = state.restore(other, ProgramSpec::open);
            assertThat(GuestState.save(kernel).kernel())
                    .usingRecursiveComparison()
                    .ignoringFields("own.random")
                    .isEqualTo(state.kernel());
            for (GuestKernel each : List.of(kernel, guest.kernel)) {
                assertThat(each.slice(0, 20_000)).isEqualTo(Slice.IDLE);
                assertThat(each.slice(1, 20_000)).isEqualTo(Slice.IDLE);
            }
            Guest.assertPlain(first, PROGRAM);
            Guest.assertPlain(second, PROGRAM);
            kernel.close();
            assertThat(kernel.isAllFree()).isTrue();
        }
    }

    @Test
    void machineOfAnotherSizeIsRefused() {
        try (Guest guest = guest(Machines.NESTED, 2)) {
            GuestState state = GuestState.save(guest.kernel);
            VirtualMachine fewer = Machines.NESTED.create(BYTES, 1).vm();
            assertThatThrownBy(() -> state.restore(fewer, ProgramSpec::open))
                    .isInstanceOf(InputException.class)
                    .hasMessage(
                            "vm has 2 CPUs and 33554432 bytes of memory; it can only go on in a"
                                    + " virtual machine with as many, and vm has 1 and 33554432");
            assertThatThrownBy(() -> GuestKernel.restore(fewer, state.kernel(), ProgramSpec::open))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("kernel with 2 CPUs cannot go on in vm, which has 1");
        }
    }

    @Test
    void programWithoutNameIsRefused() {
        try (Guest guest = guest(Machines.NESTED, 1)) {
            Task task = guest.start(PROGRAM, 0);
            assertThatThrownBy(guest.kernel::save)
                    .isInstanceOf(InputException.class)
                    .hasMessage(
                            "a task of process 1 (gups) runs a program that has no name, and cannot"
                                    + " be saved");
            guest.kernel.exit(0, task.process());
            assertThat(guest.kernel.save().processes().alive()).isEmpty();
        }
    }

    @Test
    void programThatEndsBeforeItsPositionIsRefused() {
        try (Guest guest = guest(Machines.NESTED, 1)) {
            start(guest.kernel, 0);
            guest.slice(0, 10_000);
            GuestState state = GuestState.save(guest.kernel);
            VirtualMachine other = Machines.NESTED.create(BYTES, 1).vm();
            GuestKernel kernel =
                    state.restore(
                            other,
                            program -> ProgramSpec.open(new TaskProgram(program.text(), 0, 9_000)));
            assertThatThrownBy(() -> kernel.slice(0, 1000))
                    .isInstanceOf(InputException.class)
                    .hasMessage("gups ends after 9000 steps, and cannot go on after 10000");
        }
    }

    @Test
    void copiesOfTablesAreRefused() {
        try (Guest guest = guest(Machines.NODES, 2)) {
            assertThatThrownBy(guest.kernel::save)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("copies of its page tables on several nodes");
        }
    }

    @Test
    void nativeModeIsRefused() {
        try (Guest guest = guest(Machines.NATIVE, 1)) {
            assertThatThrownBy(() -> GuestState.save(guest.kernel))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("in native mode there is no hypervisor");
        }
    }
}
