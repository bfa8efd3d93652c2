package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VmExit;

/// Sharing and copying on write, under each format of the second level and under shadow paging.
class SharedPagesTest {
    private static final long PAGE = SharingPair.PAGE;
    private static final long LARGE = SharingPair.LARGE;
    private static final long DATA = SharingPair.DATA;
    private static final int COPYING = 1_500;

    @ParameterizedTest
    @EnumSource
    void writtenPageBecomesPrivateWithinOneExit(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        assertThat(pair.one.access(1, Access.STORE, DATA)).isTrue();
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_4K)).isTrue();
        assertThat(pair.one.map.owners(DATA)).isEqualTo(2);
        assertThat(pair.machine.host().sharedBytes()).isEqualTo(PAGE);
        assertThat(pair.machine.host().savedBytes()).isEqualTo(PAGE);
        for (SharingGuest guest : List.of(pair.one, pair.two)) {
            assertThat(guest.access(0, Access.LOAD, DATA)).isTrue();
            assertThat(guest.access(1, Access.LOAD, DATA)).isTrue();
            assertThat(guest.map.rights(DATA))
                    .isEqualTo(SecondLevelMap.READ | SecondLevelMap.EXECUTE);
        }
        long free = pair.freePages();
        long exits = SharingPair.account(pair.two).exits();
        long copying = SharingPair.account(pair.two).cycles(Cost.HOST_COPYING);
        assertThat(pair.two.access(0, Access.STORE, DATA + 8)).isTrue();
        assertThat(SharingPair.account(pair.two).exits() - exits).isEqualTo(1);
        assertThat(SharingPair.account(pair.two).cycles(Cost.HOST_COPYING) - copying)
                .isEqualTo(COPYING);
        assertThat(pair.freePages()).isEqualTo(free - 1);
        assertThat(pair.one.map.owners(DATA)).isEqualTo(1);
        assertThat(pair.two.map.owners(DATA)).isEqualTo(1);
        assertThat(pair.two.access(1, Access.LOAD, DATA + 8)).isTrue();
        assertThat(pair.one.access(1, Access.LOAD, DATA + 8)).isTrue();
        pair.end();
    }

    @ParameterizedTest
    @EnumSource
    void lastOwnerWritesInPlace(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        long frame = pair.frame(pair.one, DATA);
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_4K)).isTrue();
        assertThat(pair.two.access(0, Access.STORE, DATA)).isTrue();
        long free = pair.freePages();
        assertThat(pair.one.access(0, Access.STORE, DATA + 16)).isTrue();
        assertThat(SharingPair.account(pair.one).cycles(Cost.HOST_COPYING)).isZero();
        assertThat(pair.frame(pair.one, DATA)).isEqualTo(frame);
        assertThat(free - pair.freePages()).isBetween(0L, mostShadowTables(kind));
        assertThat(pair.one.map.rights(DATA)).isEqualTo(SecondLevelMap.ALL);
        pair.end();
    }

    /// What accesses of one page may take for tables.
    private static long mostShadowTables(SmallGuest.Kind kind) {
        return kind == SmallGuest.Kind.SHADOW ? 3 : 0;
    }

    @ParameterizedTest
    @EnumSource
    void frameIsFreeWhenNobodyHasIt(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        assertThat(pair.two.share(DATA + PAGE, pair.one, DATA, PageSize.SIZE_4K)).isTrue();
        assertThat(pair.two.share(DATA, pair.two, DATA + PAGE, PageSize.SIZE_4K)).isTrue();
        assertThat(pair.two.map.owners(DATA)).isEqualTo(3);
        long frame = pair.frame(pair.one, DATA);
        pair.one.close();
        assertThat(pair.machine.frames().allocator(frame).isFree(frame)).isFalse();
        pair.two.unmap(DATA + PAGE, PAGE);
        assertThat(pair.machine.frames().allocator(frame).isFree(frame)).isFalse();
        assertThat(pair.two.access(0, Access.LOAD, DATA)).isTrue();
        pair.two.unmap(DATA, PAGE);
        assertThat(pair.machine.frames().allocator(frame).isFree(frame)).isTrue();
        pair.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void largePageStaysLargeUntilItIsWritten(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        pair.fillsLarge(pair.one);
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_2M)).isTrue();
        long free = pair.freePages();
        assertThat(pair.two.access(0, Access.LOAD, DATA + 5 * PAGE)).isTrue();
        assertThat(pair.two.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
        assertThat(pair.two.access(0, Access.STORE, DATA + 5 * PAGE)).isTrue();
        assertThat(SharingPair.account(pair.two).cycles(Cost.HOST_COPYING)).isEqualTo(COPYING);
        assertThat(pair.two.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_4K);
        assertThat(pair.one.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
        assertThat(pair.machine.host().sharedBytes()).isEqualTo(LARGE - PAGE);
        // The copy and a table of small pages.
        assertThat(free - pair.freePages()).isBetween(2L, 2 + mostShadowTables(kind));
        pair.two.close();
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        assertThat(pair.one.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
        assertThat(SharingPair.account(pair.one).cycles(Cost.HOST_COPYING)).isZero();
        pair.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void allOfALargePageIsCopiedByChoice(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        pair.fillsLarge(pair.one);
        pair.two.vm.exclusively(() -> pair.two.map.copyWhole(true));
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_2M)).isTrue();
        assertThat(pair.two.access(0, Access.STORE, DATA + 5 * PAGE)).isTrue();
        assertThat(SharingPair.account(pair.two).cycles(Cost.HOST_COPYING))
                .isEqualTo(512L * COPYING);
        assertThat(pair.two.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
        assertThat(pair.machine.host().sharedBytes()).isZero();
        assertThat(pair.one.access(0, Access.LOAD, DATA + 5 * PAGE)).isTrue();
        pair.end();
    }

    @ParameterizedTest
    @EnumSource
    void partOfALargePageIsSharedBySplittingIt(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        pair.fillsLarge(pair.one);
        assertThat(pair.two.share(DATA, pair.one, DATA + PAGE, PageSize.SIZE_2M)).isTrue();
        pair.two.unmap(DATA, LARGE);
        assertThat(pair.two.share(DATA, pair.one, DATA + PAGE, PageSize.SIZE_4K)).isTrue();
        assertThat(pair.one.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_4K);
        assertThat(pair.two.share(2 * LARGE, pair.one, DATA, PageSize.SIZE_2M)).isFalse();
        pair.end();
    }

    @ParameterizedTest
    @EnumSource
    void pageBackedAnewIsNotSharedAnyMore(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_4K)).isTrue();
        pair.two.unmap(DATA, PAGE);
        assertThat(pair.two.populate(DATA, PageSize.SIZE_2M)).isTrue();
        assertThat(pair.two.map.rights(DATA)).isEqualTo(SecondLevelMap.ALL);
        pair.end();
    }

    @ParameterizedTest
    @EnumSource
    void hypervisorsWriteIsNobodyElses(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_4K)).isTrue();
        assertThat(pair.two.access(0, Access.LOAD, DATA)).isTrue();
        pair.one.hypervisorWrite(DATA, 77);
        assertThat(pair.one.access(0, Access.LOAD, DATA)).isTrue();
        assertThat(pair.two.access(0, Access.LOAD, DATA)).isTrue();
        pair.end();
    }

    @ParameterizedTest
    @EnumSource
    void sharedFrameIsMovedForAllItsOwners(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        List<Long> holes = new ArrayList<>();
        while (pair.machine.host().freeBlocks(PageSize.SIZE_2M) > 1) {
            holes.add(pair.machine.host().reserve(PageSize.SIZE_2M));
        }
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_4K)).isTrue();
        assertThat(pair.two.share(DATA + PAGE, pair.one, DATA, PageSize.SIZE_4K)).isTrue();
        long from = pair.frame(pair.one, DATA);
        long to = pair.machine.frames().frames().allocate(0, 0);
        pair.one.vm.exclusively(() -> {
            pair.machine.move(from, to);
            pair.machine.frames().moved(from, to);
        });
        assertThat(pair.frame(pair.one, DATA)).isEqualTo(to);
        assertThat(pair.frame(pair.two, DATA)).isEqualTo(to);
        assertThat(pair.frame(pair.two, DATA + PAGE)).isEqualTo(to);
        assertThat(pair.two.map.owners(DATA)).isEqualTo(3);
        assertThat(pair.one.vm.background().cycles(Cost.HOST_COPYING)).isEqualTo(COPYING);
        assertThat(pair.two.access(1, Access.LOAD, DATA + PAGE)).isTrue();
        pair.machine.checkInvariants();
        holes.forEach(hpa -> pair.machine.host().release(hpa, PageSize.SIZE_2M));
        pair.end();
    }

    @ParameterizedTest
    @EnumSource
    void collapsedPagesAreSharedNoMore(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        for (long page = DATA; page < DATA + 9 * PAGE; page += PAGE) {
            assertThat(pair.one.access(0, Access.STORE, page)).isTrue();
        }
        for (long page = DATA; page < DATA + 6 * PAGE; page += PAGE) {
            assertThat(pair.two.share(page, pair.one, page, PageSize.SIZE_4K)).isTrue();
        }
        assertThat(pair.one.collapse(DATA)).isEqualTo(9);
        assertThat(pair.one.map.rights(DATA)).isEqualTo(SecondLevelMap.ALL);
        assertThat(pair.machine.host().sharedBytes()).isZero();
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        assertThat(pair.two.access(0, Access.LOAD, DATA)).isTrue();
        pair.end();
    }

    @ParameterizedTest
    @EnumSource
    void onlyPagesThatHoldTheSameAreMerged(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        pair.one.kernelStore(0, DATA, 5);
        pair.two.kernelStore(0, DATA, 5);
        pair.two.kernelStore(0, DATA + PAGE, 6);
        long free = pair.freePages();
        boolean[] done = new boolean[3];
        pair.one.vm.exclusively(() -> {
            done[0] = pair.one.map.merge(DATA, pair.two.vm, DATA);
            done[1] = pair.one.map.merge(DATA, pair.two.vm, DATA);
            done[2] = pair.one.map.merge(DATA, pair.two.vm, DATA + PAGE);
        });
        assertThat(done).containsExactly(true, false, false);
        assertThat(pair.freePages()).isEqualTo(free + 1);
        assertThat(pair.one.vm.background().cycles(Cost.HOST_SCANNING))
                .isEqualTo(3 * (50 + 2 * 1_000));
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        assertThat(pair.two.access(0, Access.LOAD, DATA)).isTrue();
        pair.end();
    }

    @ParameterizedTest
    @EnumSource
    void machineWithoutMemoryForACopyFailsAlone(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_4K)).isTrue();
        assertThat(pair.one.access(0, Access.LOAD, DATA)).isTrue();
        assertThat(pair.two.access(0, Access.LOAD, DATA)).isTrue();
        List<Long> taken = new ArrayList<>();
        while (pair.machine.host().freeBytes() > 0) {
            taken.add(pair.machine.host().reserve(PageSize.SIZE_4K));
        }
        VmExit exit =
                pair.two
                        .vm
                        .cpus()
                        .getFirst()
                        .run(new long[] {Access.pack(Access.STORE, SharingGuest.GVA + DATA)}, 0, 1);
        assertThat(exit)
                .isEqualTo(
                        new VmExit.Failure(
                                VmExit.Cause.HOST_OUT_OF_MEMORY,
                                "the host has no memory left to copy a shared page that is"
                                        + " written"));
        assertThat(SharingGuest.succeeds(() -> pair.two.hypervisorWrite(DATA, 1))).isFalse();
        assertThat(pair.one.access(0, Access.LOAD, DATA)).isTrue();
        pair.machine.checkInvariants();
        pair.two.unmap(DATA, PAGE);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        taken.forEach(hpa -> pair.machine.host().release(hpa, PageSize.SIZE_4K));
        pair.end();
    }

    /// There is one frame left, for the copy, and none for the table that splitting takes.
    @ParameterizedTest
    @EnumSource
    void splitWithoutMemoryForItsTableChangesNothing(SmallGuest.Kind kind) {
        SharingPair pair = new SharingPair(kind);
        pair.fillsLarge(pair.one);
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_2M)).isTrue();
        List<Long> taken = new ArrayList<>();
        while (pair.freePages() > 1) {
            taken.add(pair.machine.host().reserve(PageSize.SIZE_4K));
        }
        long tables = pair.machine.own(pair.two.vm).tables().table().tables();
        assertThat(SharingGuest.succeeds(() -> pair.two.hypervisorWrite(DATA, 1))).isFalse();
        assertThat(pair.freePages()).isEqualTo(1);
        assertThat(pair.two.map.pageSize(DATA)).isEqualTo(PageSize.SIZE_2M);
        assertThat(pair.machine.own(pair.two.vm).tables().table().tables()).isEqualTo(tables);
        taken.forEach(hpa -> pair.machine.host().release(hpa, PageSize.SIZE_4K));
        pair.end();
    }

    @Test
    void exitsOfCopiesAreWriteTraps() {
        SharingPair pair = new SharingPair(SmallGuest.Kind.EPT);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        assertThat(pair.two.share(DATA, pair.one, DATA, PageSize.SIZE_4K)).isTrue();
        long traps = SharingPair.account(pair.one).exits(ExitReason.WRITE_TRAP);
        assertThat(pair.one.access(0, Access.STORE, DATA)).isTrue();
        assertThat(SharingPair.account(pair.one).exits(ExitReason.WRITE_TRAP) - traps).isEqualTo(1);
    }
}
