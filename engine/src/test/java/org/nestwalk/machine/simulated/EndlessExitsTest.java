package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VmExit;

/// What cannot go on ends with a sentence, and not never.
class EndlessExitsTest {
    private static final long DATA = 4 << 20;

    private static SmallGuest guestOfIdleHypervisor(SmallGuest.Kind kind) {
        SmallGuest guest = new SmallGuest(kind);
        guest.mapAll();
        guest.vm.detach(guest.part);
        guest.vm.attach((cpu, exit) -> Verdict.RESUME);
        return guest;
    }

    /// A hypervisor that says that it has served an exit, and has not.
    @ParameterizedTest
    @EnumSource(SmallGuest.Kind.class)
    void anExitThatIsNeverServedEndsTheProgram(SmallGuest.Kind kind) {
        SmallGuest guest = guestOfIdleHypervisor(kind);
        assertThat(guest.run(Access.STORE, SmallGuest.GVA + DATA))
                .isInstanceOfSatisfying(
                        VmExit.Failure.class,
                        failure -> assertThat(failure.message()).contains("again and again"));
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource(SmallGuest.Kind.class)
    void anExitOfTheKernelThatIsNeverServedEndsIt(SmallGuest.Kind kind) {
        SmallGuest guest = guestOfIdleHypervisor(kind);
        assertThatExceptionOfType(GuestFailure.class)
                .isThrownBy(() -> guest.kernel.load(DATA))
                .withMessage(
                        "an access to guest-physical address 0x400000 exits, again and again,"
                                + " whatever is done about it");
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource(SmallGuest.Kind.class)
    void aClosedVirtualMachineDoesNotRunAgain(SmallGuest.Kind kind) {
        SmallGuest guest = new SmallGuest(kind);
        guest.mapAll();
        assertThat(guest.run(Access.STORE, SmallGuest.GVA + DATA))
                .isInstanceOf(VmExit.ProgramEnd.class);
        guest.vm.close();
        VmExit.Failure closed = new VmExit.Failure(VmExit.Cause.UNHANDLED_EXIT, "vm was closed");
        for (int i = 0; i < 3; i++) {
            assertThat(guest.run(Access.STORE, SmallGuest.GVA + DATA)).isEqualTo(closed);
        }
        assertThatExceptionOfType(GuestFailure.class)
                .isThrownBy(() -> guest.kernel.load(DATA))
                .withMessage("vm was closed");
        guest.machine.closeAndVerify();
    }
}
