package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.kvm.handle.UsableKvm;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VmExit;

/// A guest that cannot go on ends alone, in one sentence.
class GuestEndsTest {
    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    @Test
    void aTripleFaultEndsThatVirtualMachineAndAnotherGoesOn() {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.PLAIN);
                SmallGuest bad = new SmallGuest(machine, "bad", 1);
                SmallGuest good = new SmallGuest(machine, "good", 1)) {
            // Without an IDT the first page fault is the last.
            ((KvmVirtualMachine) bad.vm)
                    .control()
                    .memory()
                    .segment()
                    .asSlice(0, 4096)
                    .fill((byte) 0);
            bad.start(0, SmallGuest.random(1, 10));
            assertThat(bad.run(0))
                    .isEqualTo(
                            new Slice.Stopped(
                                    new VmExit.Failure(
                                            VmExit.Cause.UNHANDLED_EXIT,
                                            "virtual CPU 0 of bad: triple fault")));
            goesOn(good);
        }
    }

    @Test
    void anAddressThatIsNotCanonicalEndsThatVirtualMachineAndAnotherGoesOn() {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.PLAIN);
                SmallGuest bad = new SmallGuest(machine, "bad", 1);
                SmallGuest good = new SmallGuest(machine, "good", 1)) {
            bad.start(0, Access.pack(Access.LOAD, 1L << 52));
            assertThat(bad.run(0))
                    .isEqualTo(
                            new Slice.Stopped(
                                    new VmExit.Failure(
                                            VmExit.Cause.UNHANDLED_EXCEPTION,
                                            "general protection: 0x10000000000000 is not"
                                                    + " canonical")));
            goesOn(good);
        }
    }

    @Test
    void anExitThatNobodyHandlesEndsTheRunWithThatExit() {
        try (KvmMachine machine = KvmMachine.open(KvmSettings.WATCHED);
                SmallGuest bad = new SmallGuest(machine, "bad", 1);
                SmallGuest good = new SmallGuest(machine, "good", 1)) {
            Task task = bad.start(0, SmallGuest.random(1, 10));
            bad.vm.detach(bad.hypervisor);
            bad.vm.attach((_, _) -> Verdict.STOP);
            assertThat(bad.run(0)).isInstanceOf(Slice.Stopped.class);
            assertThat(task.state()).isEqualTo(Task.State.READY);
            goesOn(good);
        }
    }

    private static void goesOn(SmallGuest guest) {
        long[] accesses = SmallGuest.random(2, 1000);
        Task task = guest.start(0, accesses);
        assertThat(guest.run(0)).isEqualTo(Slice.IDLE);
        assertThat(task.checksum()).isEqualTo(SmallGuest.checksum(accesses));
    }
}
