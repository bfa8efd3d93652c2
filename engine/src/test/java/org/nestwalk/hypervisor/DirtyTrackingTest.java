package org.nestwalk.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.MachineModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

/// [WriteLogging] and [WriteProtection].
class DirtyTrackingTest {
    private static final long MEMORY = 16L << 20;
    private static final long SMALL = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 2, TranslationMode.NESTED));
    private final KernelCpu kernel = vm.cpus().getFirst().kernel();
    private final KernelCpu other = vm.cpus().getLast().kernel();

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private Hypervisor backedBy(PageSize size) {
        return new Hypervisor(vm, new FirstTouch(size));
    }

    @Test
    void logThatIsNotFullCounts() {
        WriteLogging tracking = new WriteLogging(vm, backedBy(PageSize.SIZE_4K));
        tracking.arm();
        kernel.store(0x5000, 1);
        kernel.store(0x5008, 1);
        other.store(0x9000, 1);
        assertThat(tracking.dirtyPages()).isEqualTo(2);
        assertThat(tracking.dirtyPages()).as("asked again").isEqualTo(2);
    }

    @Test
    void newPassForgetsWhatIsStillInTheLogs() {
        WriteLogging tracking = new WriteLogging(vm, backedBy(PageSize.SIZE_4K));
        tracking.arm();
        kernel.store(0x5000, 1);
        other.store(0x6000, 1);
        tracking.arm();
        kernel.store(0x7000, 1);
        assertThat(tracking.dirtyPages()).isEqualTo(1);
        kernel.store(0x5000, 2);
        assertThat(tracking.dirtyPages()).as("written again").isEqualTo(2);
    }

    @Test
    void logsThatFillAreCountedToo() {
        WriteLogging tracking = new WriteLogging(vm, backedBy(PageSize.SIZE_4K));
        tracking.arm();
        for (long gpa = 0; gpa < 1300 * SMALL; gpa += SMALL) {
            kernel.store(gpa, 1);
        }
        assertThat(tracking.dirtyPages()).isEqualTo(1300);
    }

    @Test
    void pageFirstBackedForAReadIsFoundAtItsFirstWrite() {
        WriteProtection tracking = new WriteProtection(vm, backedBy(PageSize.SIZE_4K));
        tracking.arm();
        assertThat(kernel.load(0x5000)).isZero();
        assertThat(vm.secondLevel().rights(0x5000) & SecondLevelMap.WRITE).isZero();
        assertThat(tracking.dirtyPages()).isZero();
        kernel.store(0x5008, 1);
        assertThat(dirty(tracking)).containsExactly(0x5000L);
    }

    @Test
    void largePageFirstBackedForAReadIsFoundWhole() {
        WriteProtection tracking = new WriteProtection(vm, backedBy(PageSize.SIZE_2M));
        tracking.arm();
        kernel.load(LARGE + 0x5000);
        kernel.store(LARGE + 0x9000, 1);
        kernel.store(3 * LARGE + 0x9000, 1);
        assertThat(dirty(tracking)).containsExactly(LARGE, 3 * LARGE);
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_2M);
        assertThat(tracking.dirtyPages()).isEqualTo(2);
        tracking.arm();
        assertThat(tracking.dirtyPages()).isZero();
    }

    @Test
    void exitsThatAreNoWritesGoToTheHypervisor() {
        Hypervisor hypervisor = backedBy(PageSize.SIZE_4K);
        hypervisor.serve(7, (cpu, first, second, third) -> first + second + third);
        var _ = new WriteProtection(vm, hypervisor);
        assertThat(kernel.hypercall(7, 1, 2, 3)).isEqualTo(6);
        var _ = new WriteLogging(vm, hypervisor);
        assertThat(kernel.hypercall(7, 1, 2, 4)).isEqualTo(7);
    }

    @Test
    void violationThatTheHypervisorRefusesIsRefused() {
        WriteProtection tracking = new WriteProtection(vm, (cpu, exit) -> false);
        var violation = new VmExit.Violation(0x5000, -1, SecondLevelMap.WRITE, false, false);
        assertThat(tracking.handle(kernel.cpu(), violation)).isFalse();
        assertThat(tracking.handle(kernel.cpu(), new VmExit.WriteTrap(0x5000, -1, false)))
                .as("nothing is mapped there")
                .isFalse();
        assertThat(tracking.dirtyPages()).isZero();
    }

    @Test
    void whatTheHypervisorSaysOfOtherExitsStands() {
        WriteProtection refused = new WriteProtection(vm, (cpu, exit) -> false);
        var mapped = new VmExit.Violation(0x5000, -1, SecondLevelMap.EXECUTE, true, false);
        assertThat(refused.handle(kernel.cpu(), mapped)).isFalse();
        WriteProtection resumed = new WriteProtection(vm, (cpu, exit) -> true);
        var read = new VmExit.Violation(0x5000, -1, SecondLevelMap.READ, false, false);
        var write = new VmExit.Violation(0x5000, -1, SecondLevelMap.WRITE, false, false);
        assertThat(resumed.handle(kernel.cpu(), mapped)).isTrue();
        assertThat(resumed.handle(kernel.cpu(), read)).isTrue();
        assertThat(resumed.handle(kernel.cpu(), write)).isTrue();
        assertThat(resumed.dirtyPages()).as("it has backed nothing").isZero();
        assertThat(vm.secondLevel().rights(0x5000)).isZero();
        WriteLogging logging = new WriteLogging(vm, (cpu, exit) -> false);
        assertThat(logging.handle(kernel.cpu(), mapped)).isFalse();
        assertThat(logging.handle(kernel.cpu(), new VmExit.LogFull())).isTrue();
    }

    @Test
    void violationOfAMappedPageThatTheHypervisorMendsIsNoWrite() {
        var _ = backedBy(PageSize.SIZE_4K);
        kernel.store(0x5000, 1);
        WriteProtection tracking = new WriteProtection(vm, (cpu, exit) -> true);
        var violation = new VmExit.Violation(0x5000, -1, SecondLevelMap.WRITE, true, false);
        assertThat(tracking.handle(kernel.cpu(), violation)).isTrue();
        assertThat(tracking.dirtyPages()).isZero();
    }

    @Test
    void writeProtectionFindsWhatWasWritten() {
        checkAgainstTwin(new WriteProtection(vm, backedBy(PageSize.SIZE_4K)));
    }

    @Test
    void loggingFindsWhatWasWritten() {
        checkAgainstTwin(new WriteLogging(vm, backedBy(PageSize.SIZE_4K)));
    }

    /// The twin: a set of the pages written since the last pass began.
    private void checkAgainstTwin(DirtyTracking tracking) {
        long seed = 11;
        Xoshiro256 random = new Xoshiro256(seed);
        for (int pass = 0; pass < 20; pass++) {
            tracking.arm();
            TreeSet<Long> written = new TreeSet<>();
            for (int i = 0; i < 200; i++) {
                long gpa = random.nextBelow(400) * SMALL;
                KernelCpu on = random.nextBelow(2) == 0 ? kernel : other;
                if (random.nextBelow(3) == 0) {
                    on.load(gpa);
                } else {
                    on.store(gpa, i);
                    written.add(gpa);
                }
            }
            assertThat(tracking.dirtyPages())
                    .as("seed %d, pass %d", seed, pass)
                    .isEqualTo(written.size());
        }
    }

    private static List<Long> dirty(WriteProtection tracking) {
        List<Long> pages = new ArrayList<>();
        tracking.forEachDirty(pages::add);
        return pages;
    }
}
