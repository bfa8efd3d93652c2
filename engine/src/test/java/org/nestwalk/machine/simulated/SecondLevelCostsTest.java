package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// What changes of a second level cost, to the cycle, and whom they interrupt.
class SecondLevelCostsTest {
    private static final long MEMORY = 16L << 20;
    private static final long SMALL = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long ENTRIES = MEMORY / SMALL;

    // SoftwareCosts.assumed.
    private static final long MAPPING = 1_000;
    private static final long ZEROING = 1_000;
    private static final long COPYING = 1_500;
    private static final long SCANNING = 50;
    private static final long INTERRUPT = 2_000;
    private static final long INTERRUPTED = 1_500;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 2, TranslationMode.NESTED));
    private final SecondLevelMap map = vm.secondLevel();

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    /// Does `work` and checks what it was charged: mapping, zeroing, copying, scanning, and
    /// interrupts of both CPUs or none.
    private void costs(
            Runnable work, long mapping, long zeroing, long copying, long scanning, boolean both) {
        Cost[] kinds = {
            Cost.BACKING,
            Cost.HOST_ZEROING,
            Cost.HOST_COPYING,
            Cost.HOST_SCANNING,
            Cost.HOST_SHOOTDOWN
        };
        long[] before = new long[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            before[i] = vm.background().cycles(kinds[i]);
        }
        long interrupted = vm.cpus().getLast().account().cycles(Cost.HOST_SHOOTDOWN);
        vm.exclusively(work);
        long[] spent = new long[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            spent[i] = vm.background().cycles(kinds[i]) - before[i];
        }
        assertThat(spent)
                .containsExactly(mapping, zeroing, copying, scanning, both ? 2 * INTERRUPT : 0);
        assertThat(vm.cpus().getLast().account().cycles(Cost.HOST_SHOOTDOWN) - interrupted)
                .isEqualTo(both ? INTERRUPTED : 0);
    }

    private RightsClaim claim() {
        return vm.claim((cpu, exit) -> Verdict.STOP);
    }

    private void populate(long gpa, PageSize size) {
        vm.exclusively(() -> assertThat(map.populate(gpa, size)).isTrue());
    }

    @Test
    void backingCostsAMappingAndTheZeroing() {
        costs(() -> map.populate(0, PageSize.SIZE_4K), MAPPING, ZEROING, 0, 0, false);
        costs(() -> map.populate(LARGE, PageSize.SIZE_2M), MAPPING, 512 * ZEROING, 0, 0, false);
        costs(() -> map.populate(LARGE, PageSize.SIZE_4K), 0, 0, 0, 0, false);
        assertThat(map.backedBytes(PageSize.SIZE_4K)).isEqualTo(SMALL);
        assertThat(map.backedBytes(PageSize.SIZE_2M)).isEqualTo(LARGE);
    }

    @Test
    void pagesEndWithTheMemory() {
        vm.exclusively(() -> {
            assertThat(map.populate(MEMORY, PageSize.SIZE_4K)).isFalse();
            assertThat(map.populate(-SMALL, PageSize.SIZE_4K)).isFalse();
            assertThat(map.populate(MEMORY - 1, PageSize.SIZE_4K)).isTrue();
            assertThat(map.populate(0, PageSize.SIZE_1G)).isFalse();
            assertThat(map.populate(MEMORY - LARGE - 1, PageSize.SIZE_2M)).isTrue();
        });
        assertThat(map.pageSize(MEMORY - SMALL)).isEqualTo(PageSize.SIZE_4K);
    }

    @Test
    void takingAwayCostsAMappingAPageAndOneShootdown() {
        populate(0, PageSize.SIZE_4K);
        populate(5 * SMALL, PageSize.SIZE_4K);
        populate(LARGE, PageSize.SIZE_2M);
        long free = machine.host().freeBytes();
        costs(() -> map.unmap(SMALL, SMALL), 0, 0, 0, 0, false);
        costs(() -> map.unmap(0, 2 * LARGE), 3 * MAPPING, 0, 0, 0, true);
        // Tables that became empty are free again, too.
        assertThat(machine.host().freeBytes()).isGreaterThanOrEqualTo(free + LARGE + 2 * SMALL);
        assertThat(map.backedBytes(PageSize.SIZE_4K)).isZero();
        assertThat(map.backedBytes(PageSize.SIZE_2M)).isZero();
    }

    @Test
    void takingAwayPartOfALargePageSplitsIt() {
        populate(0, PageSize.SIZE_2M);
        long[] first = new long[1];
        vm.exclusively(() -> {
            vm.memory().write(0, 1);
            vm.memory().write(2 * SMALL, 3);
            first[0] = machine.frames().owners().of(machine.own(vm).lookup(0));
        });
        vm.exclusively(() -> map.unmap(SMALL, SMALL));
        assertThat(map.pageSize(0)).isEqualTo(PageSize.SIZE_4K);
        assertThat(map.pageSize(SMALL)).isNull();
        assertThat(map.backedBytes(PageSize.SIZE_4K)).isEqualTo(LARGE - SMALL);
        assertThat(map.backedBytes(PageSize.SIZE_2M)).isZero();
        assertThat(vm.memory().read(0)).isEqualTo(1);
        assertThat(vm.memory().read(2 * SMALL)).isEqualTo(3);
        assertThat(FrameOwners.gpa(first[0])).isZero();
    }

    @Test
    void rightsThatAreTakenInterruptAndThoseGivenDoNot() {
        populate(0, PageSize.SIZE_4K);
        populate(SMALL, PageSize.SIZE_4K);
        int readOnly = SecondLevelMap.READ;
        RightsClaim claim = claim();
        costs(() -> claim.allow(0, LARGE, readOnly), MAPPING, 0, 0, 0, true);
        costs(() -> claim.allow(0, LARGE, readOnly), MAPPING, 0, 0, 0, false);
        costs(() -> claim.allow(0, LARGE, SecondLevelMap.ALL), MAPPING, 0, 0, 0, false);
        assertThat(map.rights(SMALL)).isEqualTo(SecondLevelMap.ALL);
        assertThat(map.rights(2 * SMALL)).isZero();
    }

    /// Claims may say anything; a page has what an entry can grant of it.
    @Test
    void pageHasTheRightsThatItsEntryCanGrant() {
        populate(0, PageSize.SIZE_4K);
        RightsClaim claim = claim();
        vm.exclusively(() -> {
            for (int rights : new int[] {0, SecondLevelMap.WRITE}) {
                claim.allow(0, SMALL, rights);
                assertThat(claim.allowed(0)).isEqualTo(rights);
                assertThat(map.rights(0)).isZero();
            }
            claim.allow(0, SMALL, SecondLevelMap.WRITE | SecondLevelMap.EXECUTE);
        });
        assertThat(map.rights(0)).isEqualTo(SecondLevelMap.EXECUTE);
        assertThat(map.backedBytes(PageSize.SIZE_4K)).isEqualTo(SMALL);
    }

    @Test
    void closingAClaimCostsAMappingOnce() {
        populate(0, PageSize.SIZE_4K);
        RightsClaim claim = claim();
        vm.exclusively(() -> claim.allow(0, SMALL, SecondLevelMap.READ));
        costs(claim::close, MAPPING, 0, 0, 0, false);
        costs(claim::close, 0, 0, 0, 0, false);
        assertThat(map.rights(0)).isEqualTo(SecondLevelMap.ALL);
    }

    @Test
    void splittingCostsAMapping() {
        populate(0, PageSize.SIZE_2M);
        costs(() -> map.split(LARGE - 1), MAPPING, 0, 0, 0, true);
        costs(() -> map.split(0), 0, 0, 0, 0, false);
        costs(() -> map.split(LARGE), 0, 0, 0, 0, false);
        assertThat(map.backedBytes(PageSize.SIZE_4K)).isEqualTo(LARGE);
        assertThat(map.backedBytes(PageSize.SIZE_2M)).isZero();
    }

    @Test
    void collapsingCopiesWhatThereIsAndZeroesTheRest() {
        for (int page = 0; page < 10; page++) {
            populate(7L * page * SMALL, PageSize.SIZE_4K);
        }
        long free = machine.host().freeBytes();
        costs(
                () -> assertThat(map.collapse(5, -1)).isEqualTo(10),
                MAPPING,
                502 * ZEROING,
                10 * COPYING,
                0,
                true);
        // The block, less the pages and the table.
        assertThat(machine.host().freeBytes()).isEqualTo(free - LARGE + 11 * SMALL);
        assertThat(map.backedBytes(PageSize.SIZE_4K)).isZero();
        assertThat(map.backedBytes(PageSize.SIZE_2M)).isEqualTo(LARGE);
    }

    @Test
    void whatCannotBeOnePageIsNotCollapsed() {
        populate(0, PageSize.SIZE_4K);
        populate(511 * SMALL, PageSize.SIZE_4K);
        vm.exclusively(() -> claim().allow(511 * SMALL, SMALL, SecondLevelMap.READ));
        populate(LARGE, PageSize.SIZE_2M);
        for (long gpa : new long[] {0, LARGE, 2 * LARGE, MEMORY}) {
            costs(() -> assertThat(map.collapse(gpa, -1)).isEqualTo(-1), 0, 0, 0, 0, false);
        }
    }

    @Test
    void collapsingIntoAReservedBlockUsesThat() {
        populate(0, PageSize.SIZE_4K);
        vm.exclusively(() -> {
            long block = machine.host().reserve(PageSize.SIZE_2M);
            assertThat(map.collapse(0, block)).isEqualTo(1);
            assertThat(machine.own(vm).lookup(SMALL)).isEqualTo(block + SMALL);
            assertThatThrownBy(() -> map.map(LARGE, block, PageSize.SIZE_2M))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not reserved");
            assertThatThrownBy(() -> machine.host().release(block, PageSize.SIZE_2M))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not reserved");
        });
    }

    @Test
    void dirtyFlagsAreReportedOnce() {
        vm.attach((cpu, exit) ->
                Verdict.resumeIf(
                        exit instanceof VmExit.Violation violation
                                && map.populate(violation.gpa(), PageSize.SIZE_4K)));
        populate(LARGE, PageSize.SIZE_2M);
        KernelCpu kernel = vm.cpus().getFirst().kernel();
        DirtyPages flags = vm.trackDirty(DirtySource.FLAGS);
        kernel.store(LARGE + 9 * SMALL, 1);
        kernel.store(3 * SMALL, 1);
        var _ = kernel.load(SMALL);
        PageSet found = new PageSet();
        costs(() -> flags.collect(found), 0, 0, 0, ENTRIES * SCANNING, true);
        assertThat(found.contains(3 * SMALL)).isTrue();
        assertThat(found.count(LARGE, LARGE)).as("all of a large page").isEqualTo(512);
        assertThat(found.size()).isEqualTo(513);
        found.clear();
        costs(() -> flags.collect(found), 0, 0, 0, ENTRIES * SCANNING, false);
        assertThat(found.isEmpty()).isTrue();
        kernel.store(3 * SMALL, 2);
        costs(() -> flags.peek(found), 0, 0, 0, ENTRIES * SCANNING, false);
        assertThat(found.contains(3 * SMALL)).isTrue();
        assertThat(found.size()).isEqualTo(1);
        found.clear();
        costs(() -> flags.collect(found), 0, 0, 0, ENTRIES * SCANNING, true);
        assertThat(found.size()).as("what was looked at is not forgotten").isEqualTo(1);
    }

    @Test
    void logCostsALookForEachPageInIt() {
        populate(LARGE, PageSize.SIZE_2M);
        vm.exclusively(() -> map.split(LARGE));
        DirtyPages log = vm.trackDirty(DirtySource.LOG);
        KernelCpu kernel = vm.cpus().getFirst().kernel();
        for (int page = 0; page < 7; page++) {
            kernel.store(LARGE + page * SMALL, 1);
        }
        PageSet found = new PageSet();
        costs(() -> log.peek(found), 0, 0, 0, 7 * SCANNING, false);
        costs(() -> log.collect(found), 0, 0, 0, 7 * SCANNING, true);
        assertThat(found.size()).isEqualTo(7);
        costs(() -> log.collect(found), 0, 0, 0, 0, false);
    }

    @Test
    void formatsWithoutDirtyFlagsHaveNoneToReport() {
        SimulatedMachine plain =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT), MEMORY));
        VirtualMachine other = plain.create(new VmSettings("vm", LARGE, 1, TranslationMode.NESTED));
        SimulatedMachine amd =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), MEMORY));
        VirtualMachine third = amd.create(new VmSettings("vm", LARGE, 1, TranslationMode.NESTED));
        assertThat(vm.dirtySources())
                .containsExactlyInAnyOrder(
                        DirtySource.TRAPS, DirtySource.RING, DirtySource.FLAGS, DirtySource.LOG);
        assertThat(other.dirtySources())
                .containsExactlyInAnyOrder(DirtySource.TRAPS, DirtySource.RING);
        assertThat(third.dirtySources())
                .containsExactlyInAnyOrder(DirtySource.TRAPS, DirtySource.RING, DirtySource.FLAGS);
        assertThatThrownBy(() -> other.trackDirty(DirtySource.FLAGS))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("this machine finds no written pages by its dirty flags");
        for (VirtualMachine guest : List.of(other, third)) {
            for (DirtySource source : List.of(DirtySource.LOG, DirtySource.HOST_BITMAP)) {
                assertThatThrownBy(() -> guest.trackDirty(source))
                        .isInstanceOf(UnsupportedOperationException.class);
            }
        }
        third.trackDirty(DirtySource.FLAGS).collect(new PageSet());
        plain.closeAndVerify();
        amd.closeAndVerify();
    }

    @Test
    void workForACpuIsItsOwnAndInterruptsTheOther() {
        vm.attach((cpu, exit) -> {
            map.unmap(LARGE, LARGE);
            return Verdict.resumeIf(
                    map.populate(((VmExit.Violation) exit).gpa(), PageSize.SIZE_4K));
        });
        populate(LARGE, PageSize.SIZE_2M);
        long background = vm.background().cycles();
        vm.cpus().getFirst().kernel().store(0, 1);
        assertThat(vm.background().cycles()).isEqualTo(background);
        assertThat(vm.cpus().getFirst().account().cycles(Cost.HOST_SHOOTDOWN)).isEqualTo(INTERRUPT);
        assertThat(vm.cpus().getLast().account().cycles(Cost.HOST_SHOOTDOWN))
                .isEqualTo(INTERRUPTED);
        assertThat(vm.cpus().getFirst().account().cycles(Cost.BACKING)).isEqualTo(2 * MAPPING);
        assertThat(vm.cpus().getFirst().account().cycles(Cost.EXIT)).isEqualTo(1_500);
    }
}
