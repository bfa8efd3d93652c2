package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.paging.AccessType.FETCH;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.USER;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.SparseMemory;
import org.nestwalk.paging.TestMachine.Kind;

/// Every combination of guest P, W, U, NX, A, D with EPT R, W, X, XU, EPT's accessed and dirty
/// flags and mode-based execute, in the leaves of all sizes and in root entries, for reads, writes
/// and fetches of user and supervisor: the walker against its naive twin, memory included, and
/// against the rule that an access succeeds exactly if both dimensions grant it.
class ExhaustivePermissionsTest {
    private static final int[] TYPES = {
        READ, WRITE, FETCH, READ | USER, WRITE | USER, FETCH | USER
    };
    private static final long[] GUEST_BITS = {
        PagingEntry.PRESENT,
        PagingEntry.WRITE,
        PagingEntry.USER,
        PagingEntry.NO_EXECUTE,
        PagingEntry.ACCESSED,
        PagingEntry.DIRTY
    };
    private static final long[] EPT_BITS = {
        EptEntry.READ, EptEntry.WRITE, EptEntry.EXECUTE, EptEntry.USER_EXECUTE
    };

    private final SparseMemory initial = new SparseMemory();
    private final SparseMemory twinMemory = new SparseMemory();

    /// Columns: size of the guest's page and level of the entry with the bits; the same of EPT.
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1", "1, 1, 2, 2", "1, 1, 3, 3", "1, 1, 1, 4",
        "2, 2, 1, 1", "2, 2, 2, 2", "2, 2, 3, 3", "2, 2, 1, 4",
        "3, 3, 1, 1", "3, 3, 2, 2", "3, 3, 3, 3", "3, 3, 1, 4",
        "1, 4, 1, 1", "1, 4, 2, 2", "1, 4, 3, 3", "1, 4, 1, 4",
    })
    void accessSucceedsIffBothGrantAndTheTwinAgrees(
            int guestLeaf, int guestLevel, int secondLeaf, int secondLevel) {
        TestMachine machine = new TestMachine(Kind.EPT, 4, guestLeaf, 4, secondLeaf);
        for (int level = 1; level <= 4; level++) {
            if (level >= secondLeaf) {
                machine.data(level).set(EptEntry.USER_EXECUTE);
            }
        }
        for (int mode = 0; mode < 4; mode++) {
            machine.accessedDirty = (mode & 1) != 0;
            machine.modeBasedExecute = (mode & 2) != 0;
            compareAll(machine, guestLevel, secondLevel);
        }
    }

    private void compareAll(TestMachine machine, int guestLevel, int secondLevel) {
        Walker walker = machine.walker();
        NaiveWalk twin = new NaiveWalk(machine, twinMemory, 0);
        initial.copyFrom(machine.memory);
        for (int g = 0; g < 1 << GUEST_BITS.length; g++) {
            long guest = select(GUEST_BITS, g);
            for (int e = 0; e < 1 << EPT_BITS.length; e++) {
                long ept = select(EPT_BITS, e);
                for (int type : TYPES) {
                    machine.guest(guestLevel).put(select(GUEST_BITS, -1), guest);
                    machine.data(secondLevel).put(select(EPT_BITS, -1), ept);
                    twinMemory.copyFrom(machine.memory);
                    compare(machine, walker, twin, type, guest, ept);
                    machine.memory.copyFrom(initial);
                }
            }
        }
    }

    private void compare(
            TestMachine machine, Walker walker, NaiveWalk twin, int type, long guest, long ept) {
        boolean succeeds = walker.walk(machine.gva, type) == Outcome.OK;
        NaiveWalk.Answer got = NaiveWalk.answerOf(walker.result(), Kind.EPT);
        NaiveWalk.Answer wanted = twin.access(machine.gva, type);
        boolean granted =
                guestGrants(guest, type) && eptGrants(ept, type, guest, machine.modeBasedExecute);
        if (!got.equals(wanted)
                || machine.memory.firstDifference(twinMemory, address -> 0) != -1
                || succeeds != granted) {
            assertThat(got).as(describe(machine, type, guest, ept)).isEqualTo(wanted);
            assertThat(succeeds).as(describe(machine, type, guest, ept)).isEqualTo(granted);
            throw new AssertionError("memory differs: " + describe(machine, type, guest, ept));
        }
    }

    private static boolean guestGrants(long entry, int type) {
        return (entry & PagingEntry.PRESENT) != 0
                && ((entry & PagingEntry.USER) != 0 || (type & USER) == 0)
                && ((entry & PagingEntry.WRITE) != 0 || (type & WRITE) == 0)
                && ((entry & PagingEntry.NO_EXECUTE) == 0 || (type & FETCH) == 0);
    }

    private static boolean eptGrants(long entry, int type, long guest, boolean modeBasedExecute) {
        boolean userPage = (guest & PagingEntry.USER) != 0;
        long execute = modeBasedExecute && userPage ? EptEntry.USER_EXECUTE : EptEntry.EXECUTE;
        long needed =
                switch (type & ~USER) {
                    case READ -> EptEntry.READ;
                    case WRITE -> EptEntry.READ | EptEntry.WRITE;
                    default -> execute;
                };
        boolean misconfigured = (entry & EptEntry.WRITE) != 0 && (entry & EptEntry.READ) == 0;
        return !misconfigured && (entry & needed) == needed;
    }

    private static long select(long[] bits, int which) {
        long selected = 0;
        for (int i = 0; i < bits.length; i++) {
            selected |= (which >> i & 1) * bits[i];
        }
        return selected;
    }

    private static String describe(TestMachine machine, int type, long guest, long ept) {
        return "type %x, guest bits %x, EPT bits %x, A/D %b, mode-based execute %b"
                .formatted(type, guest, ept, machine.accessedDirty, machine.modeBasedExecute);
    }
}
