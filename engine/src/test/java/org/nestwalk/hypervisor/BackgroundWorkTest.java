package org.nestwalk.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Promotion by [HostKhugepaged] and demotion by [UnderusedPages].
class BackgroundWorkTest {
    private static final long MEMORY = 64L << 20;
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long SECOND = 1_000_000_000L;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
    private final KernelCpu kernel = vm.cpus().getFirst().kernel();

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    @Test
    void khugepagedScansSixteenMebibytesEveryTenSeconds() {
        backBy(PageSize.SIZE_4K);
        for (long gpa = 0; gpa < MEMORY; gpa += LARGE) {
            kernel.store(gpa, gpa + 1);
        }
        HostKhugepaged daemon = new HostKhugepaged(vm, machine.host(), CollapseSettings.LINUX);
        daemon.tick(9 * SECOND);
        assertThat(daemon.collapsed()).isZero();
        daemon.tick(10 * SECOND);
        assertThat(daemon.collapsed()).isEqualTo(8);
        daemon.tick(40 * SECOND);
        assertThat(daemon.collapsed()).isEqualTo(32);
        for (long gpa = 0; gpa < MEMORY; gpa += LARGE) {
            assertThat(vm.memory().read(gpa)).isEqualTo(gpa + 1);
        }
    }

    /// 4096 pages at each wake-up, at 50 cycles (an assumption, as the guest's).
    @Test
    void khugepagedIsChargedForEveryPageItScans() {
        backBy(PageSize.SIZE_4K);
        HostKhugepaged daemon = new HostKhugepaged(vm, machine.host(), CollapseSettings.LINUX);
        daemon.tick(10 * SECOND);
        assertThat(vm.background().cycles(Cost.HOST_SCANNING)).isEqualTo(4096 * 50);
        daemon.tick(30 * SECOND);
        assertThat(vm.background().cycles(Cost.HOST_SCANNING)).isEqualTo(3 * 4096 * 50);
        assertThat(daemon.collapsed()).isZero();
    }

    /// A page of zeroes is read whole, one that begins with something else hardly.
    @Test
    void demotionIsChargedForWhatItReads() {
        backBy(PageSize.SIZE_2M);
        kernel.zero(0, MEMORY);
        for (long gpa = 0; gpa < LARGE; gpa += 8192) {
            kernel.store(gpa, 1);
        }
        UnderusedPages demotion = new UnderusedPages(vm, machine.host(), Long.MAX_VALUE, 511);
        assertThat(demotion.relieve()).isEqualTo(31);
        long regions = MEMORY / LARGE;
        assertThat(vm.background().cycles(Cost.HOST_SCANNING))
                .isCloseTo(
                        regions * 512 * 50 + (regions * 512 - 256) * 1_000,
                        Percentage.withPercentage(0.5));
    }

    @Test
    void khugepagedLeavesRangesWithTooManyHoles() {
        backBy(PageSize.SIZE_4K);
        kernel.zero(0, LARGE - 4096);
        kernel.zero(LARGE, LARGE / 2);
        CollapseSettings strict = new CollapseSettings(4096, SECOND, SECOND, 1, 0);
        HostKhugepaged daemon = new HostKhugepaged(vm, machine.host(), strict);
        daemon.tick(SECOND);
        assertThat(vm.secondLevel().pageSize(0)).isEqualTo(PageSize.SIZE_2M);
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_4K);
    }

    @Test
    void khugepagedGoesOnWhereItStoppedAndRoundAgain() {
        backBy(PageSize.SIZE_4K);
        CollapseSettings some = new CollapseSettings(5 * 512 + 100, SECOND, 60 * SECOND, 511, 0);
        HostKhugepaged daemon = new HostKhugepaged(vm, machine.host(), some);
        assertThat(daemon.nextNanos()).isEqualTo(SECOND);
        kernel.store(6 * LARGE, 1);
        daemon.tick(SECOND);
        assertThat(daemon.collapsed()).isZero();
        daemon.tick(2 * SECOND);
        assertThat(daemon.collapsed()).isEqualTo(1);
        assertThat(daemon.nextNanos()).isEqualTo(3 * SECOND);
        kernel.store(0, 1);
        // 32 regions, 5 at a time: the first again with the seventh scan.
        daemon.tick(6 * SECOND);
        assertThat(daemon.collapsed()).isEqualTo(1);
        daemon.tick(7 * SECOND);
        assertThat(daemon.collapsed()).isEqualTo(2);
    }

    @Test
    void khugepagedThatMayScanMoreThanThereIsScansAllOnce() {
        backBy(PageSize.SIZE_4K);
        CollapseSettings all = new CollapseSettings(1 << 20, SECOND, 60 * SECOND, 511, 0);
        HostKhugepaged daemon = new HostKhugepaged(vm, machine.host(), all);
        kernel.store(0, 1);
        kernel.store(MEMORY - 8, 1);
        daemon.tick(SECOND);
        assertThat(daemon.collapsed()).isEqualTo(2);
        daemon.tick(2 * SECOND);
        assertThat(daemon.collapsed()).as("nothing is left to do").isEqualTo(2);
    }

    @Test
    void khugepagedLeavesARangeWithOnePageMissingTooMany() {
        backBy(PageSize.SIZE_4K);
        kernel.zero(0, LARGE - 2 * 4096);
        CollapseSettings strict = new CollapseSettings(512, SECOND, SECOND, 1, 0);
        HostKhugepaged daemon = new HostKhugepaged(vm, machine.host(), strict);
        daemon.tick(SECOND);
        assertThat(daemon.collapsed()).isZero();
    }

    @Test
    void khugepagedWithoutABlockSleepsLonger() {
        backBy(PageSize.SIZE_4K);
        kernel.store(0, 1);
        Taken taken = new Taken(machine.host());
        taken.takeAll(PageSize.SIZE_2M);
        CollapseSettings still = new CollapseSettings(512, SECOND, 60 * SECOND, 511, 0);
        HostKhugepaged daemon = new HostKhugepaged(vm, machine.host(), still);
        daemon.tick(SECOND);
        assertThat(daemon.nextNanos()).isEqualTo(61 * SECOND);
        taken.giveLast();
        daemon.tick(61 * SECOND - 1);
        assertThat(daemon.collapsed()).isZero();
        daemon.tick(61 * SECOND);
        assertThat(daemon.nextNanos()).isEqualTo(62 * SECOND);
        taken.giveAll();
    }

    @Test
    void khugepagedThatHasNothingToCollapseNeedsNoBlock() {
        backBy(PageSize.SIZE_2M);
        kernel.store(0, 1);
        Taken taken = new Taken(machine.host());
        taken.takeAll(PageSize.SIZE_2M);
        CollapseSettings all = new CollapseSettings(1 << 20, SECOND, 60 * SECOND, 511, 0);
        HostKhugepaged daemon = new HostKhugepaged(vm, machine.host(), all);
        daemon.tick(SECOND);
        assertThat(daemon.nextNanos()).isEqualTo(2 * SECOND);
        taken.giveAll();
    }

    /// Nothing that is in the way can be moved.
    @Test
    void khugepagedWhoseCompactionFailsSleepsLonger() {
        backBy(PageSize.SIZE_4K);
        kernel.store(0, 1);
        Taken taken = new Taken(machine.host());
        taken.takeAll(PageSize.SIZE_4K);
        CollapseSettings moving = new CollapseSettings(512, SECOND, 60 * SECOND, 511, 512);
        HostKhugepaged daemon = new HostKhugepaged(vm, machine.host(), moving);
        daemon.tick(SECOND);
        assertThat(daemon.nextNanos()).isEqualTo(61 * SECOND);
        assertThat(daemon.collapsed()).isZero();
        taken.giveAll();
    }

    @Test
    void fasterKhugepagedSleepsLessAndScansAsMuch() {
        assertThat(CollapseSettings.LINUX.faster(10))
                .isEqualTo(new CollapseSettings(4096, SECOND, 6 * SECOND, 511, 256));
    }

    @Test
    void khugepagedMakesRoomByMovingPagesIfItMay() {
        for (int moves : new int[] {0, 300}) {
            try (SimulatedMachine full =
                    new SimulatedMachine(
                            SimulatedSettings.of(
                                            Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY)
                                    .withFragmentation(Fragmentation.parse("1:random"), 5))) {
                VirtualMachine guest =
                        full.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
                var _ = Hypervisor.start(guest, new FirstTouch(PageSize.SIZE_4K));
                guest.cpus().getFirst().kernel().store(0, 1);
                HostKhugepaged daemon =
                        new HostKhugepaged(
                                guest,
                                full.host(),
                                new CollapseSettings(512, SECOND, SECOND, 511, moves));
                daemon.tick(SECOND);
                assertThat(daemon.collapsed()).isEqualTo(moves == 0 ? 0 : 1);
                assertThat(full.pagesMoved() > 0).isEqualTo(moves > 0);
                full.closeAndVerify();
            }
        }
    }

    @Test
    void underusedLargePagesGiveTheirZeroPagesBack() {
        backBy(PageSize.SIZE_2M);
        for (long gpa = 0; gpa < 8 * LARGE; gpa += LARGE) {
            kernel.store(gpa + 0x3000, gpa + 1);
        }
        long free = machine.host().freeBytes();
        UnderusedPages demotion = new UnderusedPages(vm, machine.host(), free + 3 * LARGE, 256);
        assertThat(demotion.relieve()).isEqualTo(4);
        assertThat(machine.host().freeBytes()).isGreaterThanOrEqualTo(free + 3 * LARGE);
        for (long gpa = 0; gpa < 8 * LARGE; gpa += LARGE) {
            assertThat(kernel.load(gpa + 0x3000)).isEqualTo(gpa + 1);
            assertThat(kernel.load(gpa + 0x4000)).isZero();
        }
    }

    @Test
    void wellUsedLargePagesStay() {
        backBy(PageSize.SIZE_2M);
        for (long gpa = 0; gpa < LARGE; gpa += 4096) {
            kernel.store(gpa, 1);
        }
        UnderusedPages demotion = new UnderusedPages(vm, machine.host(), Long.MAX_VALUE, 256);
        assertThat(demotion.relieve()).isZero();
    }

    /// The first 257 pages of the first large page are zero, and 256 of the second.
    @Test
    void largePageIsSplitForOneZeroPageMoreThanAllowed() {
        backBy(PageSize.SIZE_2M);
        for (long gpa = 0; gpa < 2 * LARGE; gpa += 4096) {
            kernel.store(word(gpa), isZero(gpa) ? 0 : gpa);
        }
        long free = machine.host().freeBytes();
        UnderusedPages demotion = new UnderusedPages(vm, machine.host(), Long.MAX_VALUE, 256);
        assertThat(demotion.relieve()).isEqualTo(1);
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_2M);
        assertThat(vm.secondLevel().pageSize(0)).isNull();
        assertThat(vm.secondLevel().pageSize(257 * 4096)).isEqualTo(PageSize.SIZE_4K);
        assertThat(vm.secondLevel().backedBytes(PageSize.SIZE_4K)).isEqualTo(255 * 4096);
        // One of the pages became the table of the others.
        assertThat(machine.host().freeBytes()).isEqualTo(free + 256 * 4096);
        for (long gpa = 0; gpa < 2 * LARGE; gpa += 4096) {
            assertThat(kernel.load(word(gpa))).isEqualTo(isZero(gpa) ? 0 : gpa);
        }
    }

    private static boolean isZero(long gpa) {
        return gpa < 257 * 4096 || (gpa >= LARGE && gpa < LARGE + 256 * 4096);
    }

    /// The first word of every other page, and the last of those between.
    private static long word(long gpa) {
        return gpa % 8192 == 0 ? gpa + 4088 : gpa;
    }

    @Test
    void nothingIsSplitWhileEnoughIsFree() {
        backBy(PageSize.SIZE_2M);
        kernel.store(0, 1);
        long free = machine.host().freeBytes();
        assertThat(new UnderusedPages(vm, machine.host(), free, 256).relieve()).isZero();
        assertThat(new UnderusedPages(vm, machine.host(), free + 1, 256).relieve()).isEqualTo(1);
    }

    private void backBy(PageSize size) {
        var _ = Hypervisor.start(vm, new FirstTouch(size));
    }
}
