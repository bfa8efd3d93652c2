package org.nestwalk.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class LargePageHintsTest {
    private static final long MEMORY = 32L << 20;
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long REGION = 4 * LARGE;
    private static final HintSettings SETTINGS = new HintSettings(3, 1_000, 16, 64);

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
    private final LargePageHints hints =
            new LargePageHints(vm, machine.host(), SETTINGS, new FirstTouch(PageSize.SIZE_4K));
    private final KernelCpu kernel = vm.cpus().getFirst().kernel();

    LargePageHintsTest() {
        Hypervisor.start(vm, hints).serve(Hypercalls.HINT_LARGE_PAGES, hints);
    }

    @AfterEach
    void nothingIsLost() {
        hints.withdraw();
        machine.closeAndVerify();
    }

    @Test
    void promiseIsKeptAtTheFirstTouch() {
        assertThat(hint(REGION, LARGE)).isEqualTo(LARGE);
        assertThat(vm.secondLevel().pageSize(REGION)).isNull();
        kernel.store(REGION + 0x5000, 1);
        assertThat(vm.secondLevel().pageSize(REGION)).isEqualTo(PageSize.SIZE_2M);
        assertThat(hints.kept()).isEqualTo(1);
    }

    @Test
    void smallPagesAreCollapsedAtOnce() {
        kernel.store(REGION, 41);
        kernel.store(REGION + 0x7000, 42);
        assertThat(hint(REGION, LARGE)).isEqualTo(LARGE);
        assertThat(vm.secondLevel().pageSize(REGION)).isEqualTo(PageSize.SIZE_2M);
        assertThat(vm.memory().read(REGION)).isEqualTo(41);
        assertThat(vm.memory().read(REGION + 0x7000)).isEqualTo(42);
        assertThat(vm.cpus().getFirst().account().cycles(Cost.HOST_COPYING)).isPositive();
    }

    @Test
    void promiseExpires() {
        long free = machine.host().freeBytes();
        hint(REGION, LARGE);
        assertThat(machine.host().freeBytes()).isEqualTo(free - LARGE);
        hints.tick(999);
        assertThat(machine.host().freeBytes()).isEqualTo(free - LARGE);
        hints.tick(1_000);
        assertThat(machine.host().freeBytes()).isEqualTo(free);
        assertThat(hints.expired()).isEqualTo(1);
        kernel.store(REGION, 1);
        assertThat(vm.secondLevel().pageSize(REGION)).isEqualTo(PageSize.SIZE_4K);
    }

    @Test
    void promisesAreLimited() {
        assertThat(hint(REGION, 8 * LARGE)).isEqualTo(3 * LARGE);
        assertThat(hints.refused()).isEqualTo(5);
    }

    @Test
    void hintBeyondTheGuestsMemoryIsIgnored() {
        long free = machine.host().freeBytes();
        assertThat(hint(MEMORY - LARGE, 2 * LARGE)).isZero();
        assertThat(hint(-LARGE, LARGE)).isZero();
        assertThat(hint(REGION, -1)).isZero();
        assertThat(hint(Long.MAX_VALUE - 5, Long.MAX_VALUE)).isZero();
        assertThat(machine.host().freeBytes()).isEqualTo(free);
    }

    @Test
    void hintGrantsNoPermission() {
        kernel.store(REGION, 1);
        vm.exclusively(() ->
                vm.claim((cpu, exit) -> Verdict.STOP).allow(REGION, 4096, SecondLevelMap.READ));
        hint(REGION, LARGE);
        assertThat(vm.secondLevel().rights(REGION)).isEqualTo(SecondLevelMap.READ);
    }

    @Test
    void promiseThatCannotBeKeptIsReleased() {
        hint(REGION, LARGE);
        long free = machine.host().freeBytes();
        // Somebody else backs part of it.
        vm.exclusively(() -> vm.secondLevel().populate(REGION + 0x9000, PageSize.SIZE_4K));
        kernel.store(REGION, 1);
        assertThat(vm.secondLevel().pageSize(REGION)).isEqualTo(PageSize.SIZE_4K);
        assertThat(hints.kept()).isZero();
        // Two pages and their tables are taken, a block is given back.
        assertThat(machine.host().freeBytes()).isGreaterThan(free + LARGE - 8 * 4096);
        assertThat(hints.nextNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whereNeitherPromiseNorOtherPolicyBacksAPageNothingDoes() {
        LargePageHints strict =
                new LargePageHints(vm, machine.host(), SETTINGS, (own, gpa) -> false);
        vm.exclusively(() -> {
            long promised = strict.answer(vm.cpus().getFirst(), REGION, LARGE, 0);
            assertThat(promised).isEqualTo(LARGE);
            vm.secondLevel().populate(REGION + 0x9000, PageSize.SIZE_4K);
            assertThat(strict.back(vm, REGION)).isFalse();
            assertThat(strict.back(vm, 0)).isFalse();
        });
    }

    @Test
    void movesForOneCallAreLimited() {
        try (SimulatedMachine full =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY)
                                .withFragmentation(Fragmentation.parse("1:random"), 5))) {
            VirtualMachine guest =
                    full.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
            HintSettings few = new HintSettings(100, 1_000, 16, 5);
            LargePageHints limited =
                    new LargePageHints(guest, full.host(), few, new FirstTouch(PageSize.SIZE_4K));
            Hypervisor.start(guest, limited).serve(Hypercalls.HINT_LARGE_PAGES, limited);
            KernelCpu own = guest.cpus().getFirst().kernel();
            long promised = own.hypercall(Hypercalls.HINT_LARGE_PAGES, 0, MEMORY, 0);
            assertThat(promised).isPositive();
            assertThat(limited.moved()).isBetween(1L, 5L).isEqualTo(full.pagesMoved());
            assertThat(limited.refused()).isEqualTo((MEMORY - promised) / LARGE).isPositive();
            long before = limited.moved();
            assertThat(own.hypercall(Hypercalls.HINT_LARGE_PAGES, 0, MEMORY, 0))
                    .as("another call may move as many again")
                    .isGreaterThan(promised);
            assertThat(limited.moved() - before).isBetween(1L, 5L);
            limited.withdraw();
            full.closeAndVerify();
        }
    }

    @Test
    void onlyWholeBlocksOfTheRangeCount() {
        assertThat(hint(REGION + 4096, LARGE)).isZero();
        assertThat(hint(REGION, LARGE - 1)).isZero();
        assertThat(hints.refused()).isZero();
        assertThat(hint(REGION - 4096, LARGE + 4096)).isEqualTo(LARGE);
        assertThat(hint(0, LARGE)).isEqualTo(LARGE);
        assertThat(hint(MEMORY - LARGE, LARGE)).isEqualTo(LARGE);
        assertThat(hint(MEMORY, 0)).isZero();
    }

    @Test
    void whatIsLargeOrPromisedAlreadyTakesNothingMore() {
        assertThat(hint(REGION, 2 * LARGE)).isEqualTo(2 * LARGE);
        kernel.store(REGION, 1);
        long free = machine.host().freeBytes();
        assertThat(hint(REGION, 2 * LARGE)).isEqualTo(2 * LARGE);
        assertThat(machine.host().freeBytes()).isEqualTo(free);
        assertThat(hints.backedAtOnce()).isZero();
        assertThat(hints.moved()).isZero();
        kernel.store(REGION + LARGE, 1);
        assertThat(hints.kept()).isEqualTo(2);
    }

    /// Two pages at the end of a block with different rights: they cannot become one page.
    @Test
    void blockThatCannotBeCollapsedIsRefused() {
        long last = REGION + LARGE - 4096;
        kernel.store(REGION, 1);
        kernel.store(last - 4096, 1);
        kernel.store(last, 1);
        RightsClaim claim = vm.claim((cpu, exit) -> Verdict.STOP);
        vm.exclusively(() -> claim.allow(last, 4096, SecondLevelMap.READ));
        long free = machine.host().freeBytes();
        assertThat(hint(REGION, LARGE)).isZero();
        assertThat(hints.refused()).isEqualTo(1);
        assertThat(machine.host().freeBytes()).isEqualTo(free);
        assertThat(hint(REGION - LARGE, LARGE)).as("the block before is empty").isEqualTo(LARGE);
        assertThat(hints.backedAtOnce()).isZero();
    }

    @Test
    void blockOfSmallPagesIsCountedAsBackedAtOnce() {
        kernel.store(REGION + LARGE - 4096, 1);
        assertThat(hint(REGION, LARGE)).isEqualTo(LARGE);
        assertThat(hints.backedAtOnce()).isEqualTo(1);
        assertThat(hints.nextNanos()).as("nothing was promised").isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void firstPromiseToExpireIsTheNextWork() {
        assertThat(hints.nextNanos()).isEqualTo(Long.MAX_VALUE);
        hints.tick(50);
        hint(REGION, LARGE);
        hints.tick(70);
        hint(REGION + LARGE, LARGE);
        assertThat(hints.nextNanos()).isEqualTo(1_050);
        hints.tick(1_050);
        assertThat(hints.expired()).isEqualTo(1);
        assertThat(hints.nextNanos()).isEqualTo(1_070);
    }

    @Test
    void withdrawnPromisesAreForgotten() {
        long free = machine.host().freeBytes();
        hint(REGION, 2 * LARGE);
        hints.withdraw();
        assertThat(machine.host().freeBytes()).isEqualTo(free);
        assertThat(hints.nextNanos()).isEqualTo(Long.MAX_VALUE);
        kernel.store(REGION, 1);
        assertThat(vm.secondLevel().pageSize(REGION)).isEqualTo(PageSize.SIZE_4K);
    }

    @Test
    void hostWithoutMemoryBacksNothing() {
        hint(REGION, LARGE);
        Taken taken = new Taken(machine.host());
        taken.takeAll(PageSize.SIZE_4K);
        assertThat(hint(REGION + LARGE, LARGE)).isZero();
        assertThatThrownBy(() -> kernel.store(0, 1))
                .isInstanceOf(GuestFailure.class)
                .hasMessageContaining("no memory left");
        taken.giveAll();
    }

    @Test
    void otherPolicyPreparesTheMachine() {
        VirtualMachine eager =
                machine.create(new VmSettings("eager", LARGE, 1, TranslationMode.NESTED));
        var _ =
                Hypervisor.start(
                        eager,
                        new LargePageHints(
                                eager, machine.host(), SETTINGS, new Eager(PageSize.SIZE_2M)));
        assertThat(eager.secondLevel().backedBytes(PageSize.SIZE_2M)).isEqualTo(LARGE);
    }

    private long hint(long gpa, long bytes) {
        return kernel.hypercall(Hypercalls.HINT_LARGE_PAGES, gpa, bytes, 0);
    }
}
