package org.nestwalk.hypervisor.placement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class PlacementCallsTest {
    private static final long NODE = 8L << 20;
    private static final long MEMORY = 8L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * NODE)
                            .withTopology(Topology.of(2, 1.5)));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 2, TranslationMode.NESTED));
    private final NodePlacement nodes = vm.placement().orElseThrow();
    private final KernelCpu kernel = vm.cpus().getFirst().kernel();

    PlacementCallsTest() {
        var _ = new PlacementCalls(vm, Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_2M)));
    }

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private long place(long gpa, long bytes, long node) {
        return kernel.hypercall(Hypercalls.PLACE_PAGES, gpa, bytes, node);
    }

    @Test
    void cpuIsToldItsOwnNode() {
        vm.exclusively(() -> nodes.moveCpu(1, 1));
        KernelCpu other = vm.cpus().getLast().kernel();
        assertThat(kernel.hypercall(Hypercalls.NODE_OF_CPU, 0, 0, 0)).isZero();
        assertThat(other.hypercall(Hypercalls.NODE_OF_CPU, 0, 0, 0)).isEqualTo(1);
    }

    @Test
    void pagesAreBackedOrMovedOrThereAlready() {
        vm.exclusively(() -> {
            nodes.populate(0, PageSize.SIZE_4K, 0);
            nodes.populate(PAGE, PageSize.SIZE_4K, 1);
        });
        assertThat(place(0, 3 * PAGE, 1)).isEqualTo(3 * PAGE);
        for (long page = 0; page < 3; page++) {
            assertThat(nodes.nodeOf(page * PAGE)).isEqualTo(1);
        }
        assertThat(nodes.nodeOf(3 * PAGE)).isEqualTo(-1);
    }

    @Test
    void largePageIsNotMovedInPieces() {
        kernel.store(LARGE, 1);
        assertThat(place(LARGE, 2 * PAGE, 1)).isZero();
        assertThat(place(LARGE, 2 * PAGE, 0)).isEqualTo(2 * PAGE);
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_2M);
    }

    @Test
    void fullNodeTakesNoMore() {
        vm.exclusively(() -> {
            for (long gpa = 0; gpa < MEMORY - LARGE; gpa += LARGE) {
                nodes.populate(gpa, PageSize.SIZE_2M, 1);
            }
            for (long gpa = MEMORY - LARGE; gpa < MEMORY - 2 * PAGE; gpa += PAGE) {
                nodes.populate(gpa, PageSize.SIZE_4K, 1);
            }
        });
        long room = nodes.freeBytes(1);
        assertThat(room).isEqualTo(2 * PAGE);
        vm.exclusively(() -> nodes.populate(MEMORY - PAGE, PageSize.SIZE_4K, 1));
        assertThat(place(MEMORY - 2 * PAGE, 2 * PAGE, 1)).isEqualTo(2 * PAGE);
        vm.exclusively(() -> vm.secondLevel().unmap(0, PAGE));
        vm.exclusively(() -> nodes.populate(0, PageSize.SIZE_4K, 0));
        assertThat(place(0, 2 * PAGE, 1)).as("its own frame was freed").isEqualTo(2 * PAGE);
    }

    @Test
    void whatIsNoRangeOfMemoryOrNoNodeIsRefused() {
        long free = machine.host().freeBytes();
        long[][] refused = {
            {8, PAGE, 0},
            {0, PAGE + 8, 0},
            {-PAGE, PAGE, 0},
            {0, 0, 0},
            {0, -PAGE, 0},
            {0, LARGE + PAGE, 0},
            {MEMORY, PAGE, 0},
            {MEMORY - PAGE, 2 * PAGE, 0},
            {Long.MIN_VALUE, PAGE, 0},
            {0, PAGE, -1},
            {0, PAGE, 2},
            {0, PAGE, 1L << 32}
        };
        for (long[] call : refused) {
            assertThat(place(call[0], call[1], call[2]))
                    .as("%x, %x, %d", call[0], call[1], call[2])
                    .isEqualTo(KernelCpu.NO_SUCH_CALL);
        }
        assertThat(machine.host().freeBytes()).isEqualTo(free);
    }

    @Test
    void rangeMayBeTwoMebibytesAndReachToTheEnd() {
        assertThat(place(MEMORY - LARGE, LARGE, 1)).isEqualTo(LARGE);
        assertThat(place(0, PAGE, 0)).isEqualTo(PAGE);
    }
}
