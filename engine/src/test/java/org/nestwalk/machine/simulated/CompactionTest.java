package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.MachineModel.SecondLevelFormat;

class CompactionTest {
    private static final long HOST = 256L << 20;

    @Test
    void everyMoveLeavesAFreeBlock() {
        SimulatedMachine machine = newMachine("0.98:random");
        int blocks = (int) (HOST / PageSize.SIZE_2M.bytes()) * 9 / 10;
        for (int i = 0; i < blocks; i++) {
            long block = machine.host().reserve(PageSize.SIZE_2M);
            if (block == -1) {
                assertThat(machine.host().compact(PageSize.SIZE_2M, 256)).isPositive();
                block = machine.host().reserve(PageSize.SIZE_2M);
            }
            assertThat(block).as("block %d", i).isNotEqualTo(-1);
        }
    }

    @Test
    void nothingIsMovedBeyondTheLimit() {
        SimulatedMachine machine = newMachine("1:clustered");
        assertThat(machine.host().compact(PageSize.SIZE_2M, 0)).isEqualTo(-1);
        assertThat(machine.pagesMoved()).isZero();
        int moved = machine.host().compact(PageSize.SIZE_2M, 512);
        assertThat(moved).isPositive();
        assertThat(machine.pagesMoved()).isEqualTo(moved);
    }

    /// A look for each block, and one for each frame of those that have few enough to move.
    @Test
    void lookingForABlockIsCharged() {
        SimulatedMachine machine = newMachine("1:clustered");
        VirtualMachine vm =
                machine.create(new VmSettings("vm", 16L << 20, 1, TranslationMode.NESTED));
        vm.exclusively(() -> machine.host().compact(PageSize.SIZE_2M, 0));
        long blocks = HOST / PageSize.SIZE_2M.bytes();
        assertThat(vm.background().cycles(Cost.HOST_SCANNING)).isEqualTo(50 * blocks);
        vm.exclusively(() -> machine.host().compact(PageSize.SIZE_2M, 512));
        assertThat(vm.background().cycles(Cost.HOST_SCANNING))
                .isGreaterThanOrEqualTo(50 * (2 * blocks + 512));
    }

    @Test
    void pagesOfVirtualMachinesKeepTheirContents() {
        SimulatedMachine machine = newMachine("none");
        VirtualMachine vm =
                machine.create(new VmSettings("vm", 64L << 20, 1, TranslationMode.NESTED));
        long step = PageSize.SIZE_2M.bytes() / 2;
        vm.exclusively(() -> {
            for (long gpa = 0; gpa < 64L << 20; gpa += step) {
                vm.memory().write(gpa, gpa + 1);
                // Spreads the pages over blocks of their own.
                for (int i = 0; i < 300; i++) {
                    machine.host().reserve(PageSize.SIZE_4K);
                }
            }
        });
        while (machine.host().reserve(PageSize.SIZE_2M) != -1) {
            // Takes what is free.
        }
        int moved = machine.host().compact(PageSize.SIZE_2M, 512);
        assertThat(moved).isEqualTo(-1);
        for (long gpa = 0; gpa < 64L << 20; gpa += step) {
            assertThat(vm.memory().read(gpa)).isEqualTo(gpa + 1);
        }
        machine.checkInvariants();
    }

    private static SimulatedMachine newMachine(String fragmentation) {
        return new SimulatedMachine(
                SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), HOST)
                        .withFragmentation(Fragmentation.parse(fragmentation), 7));
    }
}
