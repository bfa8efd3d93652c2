package org.nestwalk.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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

class WriteProtectionTest {
    private static final long MEMORY = 64L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long FIRST = 0x10_0000;
    private static final int READ_ONLY = SecondLevelMap.READ;
    private static final int NO_FETCH = SecondLevelMap.READ | SecondLevelMap.WRITE;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
    private final KernelCpu kernel = vm.cpus().getFirst().kernel();
    private final List<VmExit.WriteTrap> forOthers = new ArrayList<>();
    private final Hypervisor hypervisor = new Hypervisor(vm, new FirstTouch(PageSize.SIZE_4K));

    /// A trap that the tracking does not take is somebody else's, who lets the write be made.
    private final WriteProtection tracking =
            new WriteProtection(
                    vm,
                    (cpu, exit) -> {
                        if (exit instanceof VmExit.WriteTrap trap) {
                            forOthers.add(trap);
                            vm.secondLevel().protect(trap.gpa() & -PAGE, PAGE, SecondLevelMap.ALL);
                            return true;
                        }
                        return hypervisor.handle(cpu, exit);
                    });

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private void protect(long gpa, int rights) {
        vm.exclusively(() -> vm.secondLevel().protect(gpa, PAGE, rights));
    }

    private int rights(long gpa) {
        return vm.secondLevel().rights(gpa);
    }

    private List<Long> dirty() {
        List<Long> pages = new ArrayList<>();
        tracking.forEachDirty(pages::add);
        return pages;
    }

    private void touch(int pages) {
        for (int i = 0; i < pages; i++) {
            kernel.store(FIRST + i * PAGE, i);
        }
    }

    @Test
    void aWrittenPageGetsTheRightsBackThatItHad() {
        touch(4);
        protect(FIRST + PAGE, NO_FETCH);
        tracking.arm();
        assertThat(rights(FIRST)).isEqualTo(SecondLevelMap.READ | SecondLevelMap.EXECUTE);
        assertThat(rights(FIRST + PAGE)).isEqualTo(SecondLevelMap.READ);
        touch(3);
        assertThat(rights(FIRST)).isEqualTo(SecondLevelMap.ALL);
        assertThat(rights(FIRST + PAGE)).isEqualTo(NO_FETCH);
        assertThat(rights(FIRST + 2 * PAGE)).isEqualTo(SecondLevelMap.ALL);
        assertThat(rights(FIRST + 3 * PAGE)).isEqualTo(5);
        assertThat(dirty()).containsExactly(FIRST, FIRST + PAGE, FIRST + 2 * PAGE);
    }

    @Test
    void aWriteThatSomebodyElseHasForbiddenIsForOthersToHandle() {
        touch(2);
        protect(FIRST, READ_ONLY);
        tracking.arm();
        assertThat(rights(FIRST)).isEqualTo(READ_ONLY);
        touch(2);
        assertThat(forOthers).extracting(VmExit.WriteTrap::gpa).containsExactly(FIRST);
        assertThat(dirty()).containsExactly(FIRST + PAGE);
    }

    @Test
    void aWriteForbiddenAfterThePageWasFoundWrittenIsForOthersInTheNextPassToo() {
        touch(1);
        tracking.arm();
        touch(1);
        protect(FIRST, READ_ONLY);
        tracking.arm();
        touch(1);
        assertThat(forOthers).hasSize(1);
        assertThat(dirty()).isEmpty();
    }

    @Test
    void everyArmedPassFindsEachWrittenPageAgain() {
        touch(3);
        for (int pass = 0; pass < 3; pass++) {
            tracking.arm();
            tracking.arm();
            touch(3);
            touch(3);
            assertThat(dirty()).as("pass %d", pass).hasSize(3);
        }
        assertThat(forOthers).isEmpty();
    }

    @Test
    void aPageFirstBackedForAReadIsFoundWhenItIsWritten() {
        tracking.arm();
        assertThat(kernel.load(FIRST)).isZero();
        assertThat(dirty()).isEmpty();
        touch(1);
        assertThat(dirty()).containsExactly(FIRST);
        assertThat(rights(FIRST)).isEqualTo(SecondLevelMap.ALL);
    }
}
