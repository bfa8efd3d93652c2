package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class CompactionTest {
    private static final long HOST = 256L << 20;
    private static final long PAGE = 4096;
    private static final long SMALL = 14L << 20;

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

    /// Blocks are left with a few pages of a virtual machine each; one with the fewest is emptied.
    @Test
    void blockWithTheFewestPagesIsEmptied() {
        SimulatedMachine machine = smallMachine();
        VirtualMachine vm = smallVm(machine);
        int[] kept = leave(machine, vm, 500, 7, 4, 9, 5, 4, 30, 500);
        assertThat(machine.host().freeBlocks(PageSize.SIZE_2M)).isZero();
        long copying = vm.background().cycles(Cost.HOST_COPYING);
        vm.exclusively(() -> {
            assertThat(machine.host().compact(PageSize.SIZE_4K, 512)).isEqualTo(-1);
            assertThat(machine.host().compact(PageSize.SIZE_2M, 3)).isEqualTo(-1);
            assertThat(machine.pagesMoved()).isZero();
            assertThat(machine.host().compact(PageSize.SIZE_2M, 4)).isEqualTo(4);
        });
        assertThat(machine.pagesMoved()).isEqualTo(4);
        assertThat(vm.background().cycles(Cost.HOST_COPYING) - copying).isEqualTo(4 * 1_500);
        assertThat(machine.host().freeBlocks(PageSize.SIZE_2M)).isEqualTo(1);
        int read = 0;
        for (long gpa = 0; gpa < SMALL; gpa += PAGE) {
            if (vm.secondLevel().pageSize(gpa) != null) {
                assertThat(vm.memory().read(gpa)).isEqualTo(gpa + 1);
                read++;
            }
        }
        assertThat(read).isEqualTo(Arrays.stream(kept).sum());
        machine.closeAndVerify();
    }

    @Test
    void blockWithATableOrAReservedFrameStays() {
        SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 8L << 20));
        long first = machine.host().reserve(PageSize.SIZE_4K);
        List<Long> blocks = new ArrayList<>();
        for (long at = 0; at != -1; at = machine.host().reserve(PageSize.SIZE_2M)) {
            if (at != 0) {
                blocks.add(at);
            }
        }
        assertThat(machine.host().compact(PageSize.SIZE_2M, 512)).isEqualTo(-1);
        assertThat(machine.pagesMoved()).isZero();
        machine.host().release(first, PageSize.SIZE_4K);
        blocks.forEach(at -> machine.host().release(at, PageSize.SIZE_2M));
        machine.closeAndVerify();
    }

    /// What is in the way would have to stay in the block.
    @Test
    void blockIsNotEmptiedIfNothingElseIsFree() {
        SimulatedMachine machine = smallMachine();
        VirtualMachine vm = smallVm(machine);
        leave(machine, vm, 500, 7, 4, 9, 5, 4, 30, 500);
        List<Long> reserved = new ArrayList<>();
        for (long at = 0; at != -1; at = machine.host().reserve(PageSize.SIZE_4K)) {
            if (at != 0) {
                reserved.add(at);
            }
        }
        for (long at : List.copyOf(reserved)) {
            if (at / PageSize.SIZE_2M.bytes() == 2) {
                machine.host().release(at, PageSize.SIZE_4K);
                reserved.remove(at);
            }
        }
        long free = machine.host().freeBytes();
        assertThat(free).isPositive();
        vm.exclusively(
                () -> assertThat(machine.host().compact(PageSize.SIZE_2M, 512)).isEqualTo(-1));
        assertThat(machine.pagesMoved()).isZero();
        assertThat(machine.host().freeBytes()).isEqualTo(free);
        machine.checkInvariants();
        reserved.forEach(at -> machine.host().release(at, PageSize.SIZE_4K));
        machine.closeAndVerify();
    }

    private static SimulatedMachine smallMachine() {
        return new SimulatedMachine(
                SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 16L << 20));
    }

    private static VirtualMachine smallVm(SimulatedMachine machine) {
        return machine.create(new VmSettings("vm", SMALL, 2, TranslationMode.NESTED));
    }

    /// Backs all of a virtual machine's memory and unmaps most of it again.
    ///
    /// @param left the most pages that stay in each block of the host
    /// @return how many there are
    private static int[] leave(SimulatedMachine machine, VirtualMachine vm, int... left) {
        int[] kept = new int[left.length];
        vm.exclusively(() -> {
            // All tables first, which are then in one block.
            for (long gpa = 0; gpa < SMALL; gpa += PageSize.SIZE_2M.bytes()) {
                vm.memory().write(gpa, gpa + 1);
            }
            for (long gpa = 0; gpa < SMALL; gpa += PAGE) {
                vm.memory().write(gpa, gpa + 1);
            }
            for (long gpa = 0; gpa < SMALL; gpa += PAGE) {
                int block = (int) (machine.own(vm).lookup(gpa) / PageSize.SIZE_2M.bytes());
                if (kept[block] < left[block]) {
                    kept[block]++;
                } else {
                    vm.secondLevel().unmap(gpa, PAGE);
                }
            }
        });
        return kept;
    }

    private static SimulatedMachine newMachine(String fragmentation) {
        return new SimulatedMachine(
                SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), HOST)
                        .withFragmentation(Fragmentation.parse(fragmentation), 7));
    }
}
