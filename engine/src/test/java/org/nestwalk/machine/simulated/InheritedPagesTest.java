package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.memory.PageSet;

/// Pages that a virtual machine has from frozen memory and has not touched: how large they become,
/// what may be backed beside them, and what is left of them when those before are gone.
class InheritedPagesTest {
    private static final long PAGE = SharingPair.PAGE;
    private static final long LARGE = SharingPair.LARGE;
    private static final long DATA = SharingPair.DATA;

    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void noLargePageIsBackedAroundAPieceThatIsInherited(SmallGuest.Kind kind) {
        for (int piece : new int[] {0, 5, 511}) {
            SharingPair pair = new SharingPair(kind);
            assertThat(pair.one.access(0, Access.STORE, DATA + piece * PAGE)).isTrue();
            try (SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one);
                    SharingGuest fork = frozen.fork(DirtySource.TRAPS)) {
                assertThat(fork.populate(DATA, PageSize.SIZE_2M)).as("piece %d", piece).isFalse();
                assertThat(fork.map.isInherited(DATA + piece * PAGE)).isTrue();
                fork.check();
            }
            pair.end();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void aLargePageIsBackedNextToOneThatIsInherited(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        assertThat(pair.one.access(0, Access.STORE, DATA + LARGE)).isTrue();
        try (SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one);
                SharingGuest fork = frozen.fork(DirtySource.TRAPS)) {
            assertThat(fork.populate(DATA, PageSize.SIZE_2M)).isTrue();
            assertThat(fork.map.isInherited(DATA + LARGE)).isTrue();
            fork.check();
        }
        pair.end();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void aLargePageIsTakenInPiecesOnceAPieceIsGone(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        pair.fillsLarge(pair.one);
        try (SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one);
                SharingGuest fork = frozen.fork(DirtySource.TRAPS)) {
            fork.tracker.close();
            fork.unmap(DATA + 3 * PAGE, PAGE);
            assertThat(fork.access(0, Access.LOAD, DATA + 7 * PAGE)).isTrue();
            assertThat(fork.map.pageSize(DATA + 7 * PAGE)).isEqualTo(PageSize.SIZE_4K);
            assertThat(fork.map.isInherited(DATA + 8 * PAGE)).isTrue();
            try (SharingGuest.Frozen again = new SharingGuest.Frozen(fork);
                    SharingGuest below = again.fork(DirtySource.TRAPS)) {
                below.tracker.close();
                assertThat(below.access(0, Access.LOAD, DATA + 9 * PAGE)).isTrue();
                assertThat(below.map.pageSize(DATA + 9 * PAGE)).isEqualTo(PageSize.SIZE_4K);
                assertThat(below.map.isInherited(DATA + 10 * PAGE)).isTrue();
                below.check();
            }
            fork.check();
        }
        pair.end();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void aLargePageIsTakenInPiecesWhereClaimsDiffer(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        pair.fillsLarge(pair.one);
        try (SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one);
                SharingGuest fork = frozen.fork(DirtySource.TRAPS)) {
            fork.tracker.close();
            fork.vm.exclusively(() ->
                    fork.monitor.allow(
                            DATA + 3 * PAGE, PAGE, SecondLevelMap.READ | SecondLevelMap.EXECUTE));
            assertThat(fork.access(0, Access.LOAD, DATA + 7 * PAGE)).isTrue();
            assertThat(fork.map.pageSize(DATA + 7 * PAGE)).isEqualTo(PageSize.SIZE_4K);
            fork.check();
        }
        pair.end();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void inheritedPagesThatAreUnmappedAreReportedAsWritten(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        for (int page : new int[] {1, 2, 4}) {
            assertThat(pair.one.access(0, Access.STORE, DATA + page * PAGE)).isTrue();
        }
        try (SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one);
                SharingGuest fork = frozen.fork(DirtySource.TRAPS)) {
            assertThat(found(fork)).isEmpty();
            fork.unmap(DATA, 4 * PAGE);
            assertThat(found(fork)).containsExactly(DATA + PAGE, DATA + 2 * PAGE);
            fork.check();
        }
        pair.end();
    }

    private static List<Long> found(SharingGuest guest) {
        PageSet pages = new PageSet();
        guest.tracker.collect(pages);
        List<Long> found = new ArrayList<>();
        pages.forEach(page -> {
            if (page >= DATA) {
                found.add(page);
            }
        });
        return found;
    }

    @ParameterizedTest
    @EnumSource(names = {"EPT_AD", "NPT"})
    void whatHasBeenUnmappedOnTheWayIsNotInheritedWhenThatIsGone(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        for (int page = 0; page < 4; page++) {
            assertThat(pair.one.access(0, Access.STORE, DATA + page * PAGE)).isTrue();
        }
        try (SharingGuest.Frozen frozen = new SharingGuest.Frozen(pair.one)) {
            SharingGuest fork = frozen.fork(DirtySource.TRAPS);
            fork.unmap(DATA + PAGE, PAGE);
            SharingGuest.Frozen again = new SharingGuest.Frozen(fork);
            SharingGuest below = again.fork(DirtySource.TRAPS);
            fork.close();
            again.close();
            assertThat(below.map.isInherited(DATA + PAGE)).isFalse();
            assertThat(below.map.isInherited(DATA + 2 * PAGE)).isTrue();
            below.check();
            below.close();
        }
        pair.end();
    }
}
