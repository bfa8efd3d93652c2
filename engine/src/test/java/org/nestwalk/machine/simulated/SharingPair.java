package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.DirtySource;

/// Two guests of one machine, for tests of sharing.
final class SharingPair {
    static final long PAGE = 4096;
    static final long LARGE = PageSize.SIZE_2M.bytes();
    static final long DATA = SharingGuest.REGION;

    final SimulatedMachine machine;
    final SharingGuest one;
    final SharingGuest two;

    SharingPair(SmallGuest.Kind kind) {
        machine = new SimulatedMachine(SimulatedSettings.of(Processors.of(kind.format), 32L << 20));
        one = new SharingGuest(machine, kind.mode, DirtySource.TRAPS, null);
        two = new SharingGuest(machine, kind.mode, DirtySource.TRAPS, null);
        // They would trap the first write to each page.
        one.tracker.close();
        two.tracker.close();
    }

    long freePages() {
        return machine.host().freeBytes() / PAGE;
    }

    long frame(SharingGuest guest, long gpa) {
        return machine.own(guest.vm).lookup(gpa);
    }

    void fillsLarge(SharingGuest guest) {
        assertThat(guest.populate(DATA, PageSize.SIZE_2M)).isTrue();
        for (long page = DATA; page < DATA + LARGE; page += PAGE) {
            assertThat(guest.access(0, Access.STORE, page)).isTrue();
        }
    }

    void end() {
        one.check();
        two.check();
        machine.closeAndVerify();
    }

    /// What the first CPU of a guest has spent.
    static Account account(SharingGuest guest) {
        return guest.vm.cpus().getFirst().account();
    }
}
