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
import org.nestwalk.mmu.model.MachineModel.SecondLevelFormat;

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

    private void backBy(PageSize size) {
        var _ = new Hypervisor(vm, new FirstTouch(size));
    }
}
