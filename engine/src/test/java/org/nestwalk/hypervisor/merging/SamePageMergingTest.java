package org.nestwalk.hypervisor.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.hypervisor.merging.PlantedGuests.PAGE;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

/// [SamePageMerging] finds pages that hold the same, and no others; what a page holds is
/// [planted][PlantedGuests].
class SamePageMergingTest {
    private static final MergeSettings LINUX = MergeSettings.LINUX;

    private static PlantedGuests guests(int count) {
        return new PlantedGuests(SecondLevelFormat.NPT, count);
    }

    @ParameterizedTest
    @EnumSource
    void exactlyThePlantedDuplicatesAreFound(SecondLevelFormat format) {
        for (int seed = 1; seed <= 3; seed++) {
            Xoshiro256 random = new Xoshiro256(seed);
            PlantedGuests guests = new PlantedGuests(format, 3);
            for (int i = 0; i < 600; i++) {
                guests.plant(
                        (int) random.nextBelow(3),
                        random.nextBelow(PlantedGuests.MEMORY / PAGE) * PAGE,
                        random.nextBelow(250));
            }
            SamePageMerging merging = guests.merging(LINUX);
            merging.scanAll();
            assertThat(merging.counts().merged()).isZero();
            merging.scanAll();
            guests.checkAgainstTwin();
            MergeCounts counts = merging.counts();
            List<Integer> sizes = guests.byContents().values().stream().map(List::size).toList();
            assertThat(counts.pagesShared())
                    .isEqualTo(sizes.stream().filter(size -> size > 1).count());
            assertThat(counts.pagesSharing())
                    .isEqualTo(sizes.stream().mapToInt(size -> size - 1).sum())
                    .isEqualTo(guests.machine.host().savedBytes() / PAGE);
            assertThat(counts.fullScans()).isEqualTo(2);
            guests.end();
        }
    }

    /// Pages are written and taken away between wake-ups; when that has ended, two scans find all.
    @ParameterizedTest
    @EnumSource
    void allIsFoundAfterChangesHaveEnded(SecondLevelFormat format) {
        for (int seed = 1; seed <= 4; seed++) {
            Xoshiro256 random = new Xoshiro256(10 + seed);
            PlantedGuests guests = new PlantedGuests(format, 3);
            MergeSettings settings = new MergeSettings(50, 1, seed % 2 == 0, 1_000);
            SamePageMerging merging = guests.merging(settings);
            for (int now = 1; now <= 300; now++) {
                for (int i = 0; i < 6; i++) {
                    int vm = (int) random.nextBelow(3);
                    long gpa = random.nextBelow(60) * PAGE;
                    if (random.nextBelow(8) == 0) {
                        guests.unmap(vm, gpa);
                    } else {
                        guests.plant(vm, gpa, random.nextBelow(12));
                    }
                }
                merging.tick(now);
                if (now % 50 == 0) {
                    guests.machine.checkInvariants();
                }
            }
            merging.scanAll();
            merging.scanAll();
            merging.scanAll();
            guests.checkAgainstTwin();
            guests.end();
        }
    }

    @Test
    void pageThatChangesBetweenScansWaits() {
        PlantedGuests guests = guests(2);
        SamePageMerging merging = guests.merging(LINUX);
        for (int scan = 0; scan < 4; scan++) {
            guests.plant(0, 0, 10 + scan);
            guests.plant(1, 0, 10 + scan);
            merging.scanAll();
        }
        assertThat(merging.counts().merged()).isZero();
        merging.scanAll();
        guests.checkAgainstTwin();
        assertThat(merging.counts().pagesSharing()).isEqualTo(1);
        guests.end();
    }

    /// Its checksum of before was that of other contents.
    @Test
    void pageThatChangedJustBeforeIsNoCandidate() {
        PlantedGuests guests = guests(2);
        SamePageMerging merging = guests.merging(LINUX);
        guests.plant(0, 0, 4);
        guests.plant(1, 0, 6);
        merging.scanAll();
        guests.plant(1, 0, 4);
        merging.scanAll();
        assertThat(merging.counts().merged()).isZero();
        guests.end();
    }

    @Test
    void whatIsInTheStableTreeIsMergedAtFirstSight() {
        PlantedGuests guests = guests(3);
        SamePageMerging merging = guests.merging(LINUX);
        guests.plant(0, 0, 4);
        guests.plant(1, 0, 4);
        merging.scanAll();
        merging.scanAll();
        guests.plant(2, 0, 4);
        merging.scanAll();
        guests.checkAgainstTwin();
        guests.end();
    }

    /// The last page of a node is written in place, as nothing else in Linux's stable tree is.
    @Test
    void nodeWhoseLastPageWasWrittenIsNotBelieved() {
        PlantedGuests guests = guests(2);
        SamePageMerging merging = guests.merging(LINUX);
        guests.plant(0, 0, 4);
        guests.plant(1, 0, 4);
        merging.scanAll();
        merging.scanAll();
        guests.unmap(1, 0);
        guests.plant(0, 0, 90);
        for (long page = PAGE; page < 20 * PAGE; page += PAGE) {
            guests.plant(1, page, 4 + page / PAGE % 2);
        }
        guests.plant(1, 0, 90);
        merging.scanAll();
        merging.scanAll();
        guests.checkAgainstTwin();
        assertThat(merging.counts().pagesShared()).isEqualTo(3);
        guests.end();
    }

    /// What its last page holds by now has changed just before, and is not merged with yet.
    @Test
    void nodeThatHoldsSomethingElseByNowIsNotJoined() {
        PlantedGuests guests = guests(2);
        SamePageMerging merging = guests.merging(LINUX);
        guests.plant(0, 0, 4);
        guests.plant(1, 0, 4);
        merging.scanAll();
        merging.scanAll();
        guests.unmap(0, 0);
        merging.scanAll();
        guests.plant(1, 0, 90);
        guests.plant(0, 0, 90);
        merging.scanAll();
        assertThat(merging.counts().merged()).isEqualTo(1);
        merging.scanAll();
        assertThat(merging.counts().merged()).isEqualTo(2);
        guests.checkAgainstTwin();
        guests.end();
    }

    @Test
    void writtenPageHasItsOwnAgain() {
        PlantedGuests guests = guests(2);
        SamePageMerging merging = guests.merging(LINUX);
        guests.plant(0, 0, 4);
        guests.plant(0, PAGE, 4);
        guests.plant(1, 0, 4);
        merging.scanAll();
        merging.scanAll();
        guests.store(0, PAGE, 1);
        assertThat(guests.owners(0, PAGE)).isEqualTo(1);
        guests.checkAgainstTwin();
        assertThat(guests.vms.getFirst().cpus().getFirst().account().cycles(Cost.HOST_COPYING))
                .isEqualTo(1_500);
        merging.scanAll();
        assertThat(merging.counts().pagesSharing()).isEqualTo(1);
        guests.plant(0, PAGE, 4);
        merging.scanAll();
        guests.checkAgainstTwin();
        guests.end();
    }

    /// Pages that hold what they held, in frames of their own, gather in one again, and stay there.
    @Test
    void pagesThatHoldTheSameAgainGatherInOneFrame() {
        PlantedGuests guests = guests(3);
        SamePageMerging merging = guests.merging(LINUX);
        for (int vm = 0; vm < 3; vm++) {
            guests.plant(vm, 0, 4);
        }
        merging.scanAll();
        merging.scanAll();
        for (int vm : new int[] {1, 0, 2}) {
            guests.plant(vm, 0, 5);
            guests.plant(vm, 0, 4);
            merging.scanAll();
            guests.checkAgainstTwin();
        }
        for (int vm = 0; vm < 3; vm++) {
            guests.plant(vm, 0, 5);
            guests.plant(vm, 0, 4);
        }
        merging.scanAll();
        guests.checkAgainstTwin();
        long merged = merging.counts().merged();
        merging.scanAll();
        assertThat(merging.counts().merged()).isEqualTo(merged);
        guests.end();
    }

    @Test
    void pagesOfZeroesAreMergedWithoutASecondOneByChoice() {
        PlantedGuests guests = guests(2);
        SamePageMerging merging = guests.merging(new MergeSettings(100, 1, true, 2));
        for (long page = 0; page < 9 * PAGE; page += PAGE) {
            guests.plant(page % (2 * PAGE) == 0 ? 0 : 1, page, 0);
        }
        guests.plant(0, 20 * PAGE, 4);
        guests.plant(1, 20 * PAGE, 4);
        merging.scanAll();
        merging.scanAll();
        guests.checkAgainstTwin();
        MergeCounts counts = merging.counts();
        assertThat(counts.zeroPages()).isEqualTo(9);
        assertThat(counts.pagesShared()).isEqualTo(1);
        assertThat(counts.pagesSharing()).isEqualTo(1);
        guests.end();
    }

    @Test
    void frameBacksNoMorePagesThanItMay() {
        PlantedGuests guests = guests(1);
        SamePageMerging merging = guests.merging(new MergeSettings(100, 1, false, 4));
        for (long page = 0; page < 10 * PAGE; page += PAGE) {
            guests.plant(0, page, 4);
        }
        merging.scanAll();
        merging.scanAll();
        assertThat(guests.machine.host().sharedBytes()).isEqualTo(3 * PAGE);
        assertThat(guests.machine.host().savedBytes()).isEqualTo(7 * PAGE);
        assertThat(guests.owners(0, 0)).isEqualTo(4);
        assertThat(merging.counts().pagesShared()).isEqualTo(3);
        assertThat(merging.counts().pagesSharing()).isEqualTo(7);
        for (long page = 0; page < 4 * PAGE; page += PAGE) {
            guests.plant(0, page, 6 + page);
        }
        guests.plant(0, PAGE, 4);
        merging.scanAll();
        merging.scanAll();
        assertThat(guests.owners(0, PAGE)).isBetween(2, 4);
        guests.end();
    }

    @Test
    void partsOfLargePagesAreMergedBySplittingThose() {
        PlantedGuests guests = guests(2);
        for (VirtualMachine vm : guests.vms) {
            vm.exclusively(() -> {
                assertThat(vm.secondLevel().populate(0, PageSize.SIZE_2M)).isTrue();
                assertThat(vm.secondLevel().populate(2 << 20, PageSize.SIZE_2M)).isTrue();
            });
        }
        for (int vm = 0; vm < 2; vm++) {
            for (long page = 0; page < PlantedGuests.MEMORY; page += PAGE) {
                guests.plant(vm, page, 100 + 10_000 * vm + 2 * (page / PAGE));
            }
        }
        guests.plant(0, 5 * PAGE, 2);
        guests.plant(1, 9 * PAGE, 2);
        SamePageMerging merging = guests.merging(LINUX);
        merging.scanAll();
        merging.scanAll();
        guests.checkAgainstTwin();
        assertThat(merging.counts().pagesSharing()).isEqualTo(1);
        for (VirtualMachine vm : guests.vms) {
            assertThat(vm.secondLevel().pageSize(0)).isEqualTo(PageSize.SIZE_4K);
            assertThat(vm.secondLevel().pageSize(2 << 20)).isEqualTo(PageSize.SIZE_2M);
        }
        guests.end();
    }

    @Test
    void pagesOfDifferentDomainsAreNeverMerged() {
        PlantedGuests guests = guests(3);
        SamePageMerging merging = new SamePageMerging(LINUX);
        merging.add(guests.vms.get(0), "one");
        merging.add(guests.vms.get(1), "two");
        for (int vm = 0; vm < 3; vm++) {
            guests.plant(vm, 0, 4);
            guests.plant(vm, PAGE, 4);
        }
        merging.scanAll();
        merging.scanAll();
        assertThat(guests.owners(0, 0)).isEqualTo(2);
        assertThat(guests.owners(1, 0)).isEqualTo(2);
        assertThat(guests.owners(2, 0)).isEqualTo(1);
        assertThat(guests.share(new PlantedGuests.Page(0, 0), new PlantedGuests.Page(0, PAGE)))
                .isTrue();
        guests.end();
    }

    @Test
    void virtualMachineThatWasRemovedIsLeftAlone() {
        PlantedGuests guests = guests(2);
        SamePageMerging merging = guests.merging(LINUX);
        guests.plant(0, 0, 4);
        guests.plant(1, 0, 4);
        merging.scanAll();
        merging.remove(guests.vms.getFirst());
        guests.vms.getFirst().close();
        guests.plant(1, PAGE, 4);
        merging.scanAll();
        merging.scanAll();
        assertThat(guests.owners(1, 0)).isEqualTo(2);
        merging.remove(guests.vms.get(1));
        merging.scanAll();
        guests.end();
    }

    @Test
    void unmergedPagesHaveTheirOwn() {
        PlantedGuests guests = guests(2);
        SamePageMerging merging = guests.merging(LINUX);
        for (long page = 0; page < 8 * PAGE; page += PAGE) {
            guests.plant(0, page, 4);
            guests.plant(1, page, 8);
        }
        merging.scanAll();
        merging.scanAll();
        assertThat(guests.machine.host().savedBytes()).isEqualTo(14 * PAGE);
        assertThat(merging.unmergeAll()).isTrue();
        assertThat(guests.machine.host().savedBytes()).isZero();
        assertThat(merging.counts().pagesSharing()).isZero();
        merging.scanAll();
        guests.checkAgainstTwin();
        guests.end();
    }
}
