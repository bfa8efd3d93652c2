package org.nestwalk.hypervisor.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.Taken;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class PlacementPoliciesTest {
    private static final long NODE = 16L << 20;
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 4 * NODE)
                            .withTopology(Topology.of(4, 1.5)));

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private VirtualMachine newVm(long bytes, BackingPolicy backing) {
        VirtualMachine vm = machine.create(new VmSettings("vm", bytes, 3, TranslationMode.NESTED));
        Hypervisor _ = Hypervisor.start(vm, backing);
        return vm;
    }

    private static NodePlacement nodes(VirtualMachine vm) {
        return vm.placement().orElseThrow();
    }

    private static void touch(VirtualMachine vm, int cpu, long gpa) {
        var _ = vm.cpus().get(cpu).kernel().load(gpa);
    }

    @Test
    void firstTouchIsOnTheNodeOfTheCpuThatTouches() {
        VirtualMachine vm = newVm(NODE, new FirstTouch(PageSize.SIZE_2M));
        vm.exclusively(() -> nodes(vm).moveCpu(2, 3));
        touch(vm, 0, 0);
        touch(vm, 2, LARGE);
        assertThat(nodes(vm).nodeOf(0)).isZero();
        assertThat(nodes(vm).nodeOf(LARGE)).isEqualTo(3);
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_2M);
    }

    @Test
    void interleavingGivesNodesPagesInTurn() {
        VirtualMachine vm = newVm(NODE, new Interleave(PageSize.SIZE_4K));
        for (int page = 0; page < 16; page++) {
            touch(vm, page % 3, page * PAGE);
            assertThat(nodes(vm).nodeOf(page * PAGE)).isEqualTo(page % 4);
        }
    }

    @Test
    void interleavingGoesOnWhereThereIsMemory() {
        VirtualMachine vm = newVm(3 * NODE, new Interleave(PageSize.SIZE_2M));
        vm.exclusively(() -> {
            for (long gpa = 2 * NODE; nodes(vm).populate(gpa, PageSize.SIZE_2M, 1); ) {
                gpa += LARGE;
            }
        });
        touch(vm, 0, LARGE);
        assertThat(nodes(vm).nodeOf(LARGE)).isEqualTo(2);
    }

    @Test
    void boundMemoryIsOnItsNodeWhoeverTouches() {
        VirtualMachine vm = newVm(NODE / 2, new Bind(2, PageSize.SIZE_4K));
        touch(vm, 0, 0);
        touch(vm, 1, PAGE);
        assertThat(nodes(vm).nodeOf(0)).isEqualTo(2);
        assertThat(nodes(vm).nodeOf(PAGE)).isEqualTo(2);
    }

    @Test
    void aNodeThatCannotHoldTheMemoryIsNamed() {
        assertThatThrownBy(() -> newVm(NODE + LARGE, new Bind(2, PageSize.SIZE_4K)))
                .isInstanceOf(InputException.class)
                .hasMessage("vm: 18MiB of its memory do not fit on node 2, which has 16MiB free");
        assertThatThrownBy(() -> newVm(5 * NODE, new VisibleNodes(4, PageSize.SIZE_4K)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("vm: 20MiB of its memory do not fit on node 0");
    }

    @Test
    void anUnknownNodeIsNamed() {
        assertThatThrownBy(() -> newVm(NODE, new Bind(4, PageSize.SIZE_4K)))
                .isInstanceOf(InputException.class)
                .hasMessage("vm: no node 4; this machine has nodes 0 to 3");
    }

    @Test
    void aGuestSeesNoMoreNodesThanThereAre() {
        assertThatThrownBy(() -> newVm(NODE, new VisibleNodes(5, PageSize.SIZE_4K)))
                .isInstanceOf(InputException.class)
                .hasMessage("vm: 5 nodes for the guest to see; its machine has 1 to 4");
    }

    @Test
    void withoutNodesThereIsNothingToPlace() {
        try (SimulatedMachine plain =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), NODE))) {
            VirtualMachine vm =
                    plain.create(new VmSettings("vm", LARGE, 1, TranslationMode.NESTED));
            assertThatThrownBy(() -> Hypervisor.start(vm, new Interleave(PageSize.SIZE_4K)))
                    .isInstanceOf(InputException.class)
                    .hasMessage("vm: its machine has no NUMA nodes to place memory on");
        }
    }

    @Test
    void visibleNodesAreTheHosts() {
        VirtualMachine vm = newVm(2 * NODE, new VisibleNodes(4, PageSize.SIZE_4K));
        for (int node = 0; node < 4; node++) {
            touch(vm, 0, node * NODE / 2 + PAGE);
            assertThat(nodes(vm).nodeOf(node * NODE / 2 + PAGE)).isEqualTo(node);
        }
    }

    @Test
    void tablesFollowMostCpus() {
        VirtualMachine vm = newVm(NODE, new FirstTouch(PageSize.SIZE_4K));
        touch(vm, 0, 0);
        TablePolicy policy = new TableMigration();
        vm.exclusively(() -> policy.settle(vm));
        assertThat(nodes(vm).tableNodes()).containsExactly(0);
        vm.exclusively(() -> {
            nodes(vm).moveCpu(1, 2);
            policy.settle(vm);
        });
        assertThat(nodes(vm).tableNodes()).containsExactly(0);
        vm.exclusively(() -> {
            nodes(vm).moveCpu(0, 2);
            policy.settle(vm);
        });
        assertThat(nodes(vm).tableNodes()).containsExactly(2);
        assertThat(nodes(vm).tables(0)).isZero();
    }

    @Test
    void everyNodeWithACpuHasACopy() {
        VirtualMachine vm = newVm(NODE, new FirstTouch(PageSize.SIZE_4K));
        touch(vm, 0, 0);
        TablePolicy policy = new TableReplication();
        vm.exclusively(() -> {
            nodes(vm).moveCpu(1, 2);
            nodes(vm).moveCpu(2, 3);
            policy.settle(vm);
        });
        assertThat(nodes(vm).tableNodes()).containsExactlyElementsOf(List.of(0, 2, 3));
        assertThat(nodes(vm).tables(3)).isEqualTo(nodes(vm).tables(0)).isPositive();
        vm.exclusively(() -> {
            nodes(vm).moveCpu(2, 2);
            policy.settle(vm);
        });
        assertThat(nodes(vm).tableNodes()).containsExactly(2, 0);
        assertThat(nodes(vm).tables(3)).isZero();
        touch(vm, 2, LARGE);
    }

    @Test
    void aBoundGuestThatNeedsMoreThanItsNodeFails() {
        VirtualMachine vm = newVm(NODE, new Bind(1, PageSize.SIZE_2M));
        VirtualMachine other = newVm(NODE / 2, new FirstTouch(PageSize.SIZE_2M));
        other.exclusively(() -> nodes(other).populate(0, PageSize.SIZE_2M, 1));
        VmExit last = new VmExit.ProgramEnd();
        for (long gpa = 0; gpa < NODE && last instanceof VmExit.ProgramEnd; gpa += LARGE) {
            last = failureOf(vm, gpa);
        }
        assertThat(last).isInstanceOf(VmExit.Failure.class);
    }

    @Test
    void aNodeMayBeFilledToItsLastPage() {
        VirtualMachine vm = newVm(NODE, new Bind(2, PageSize.SIZE_2M));
        touch(vm, 0, NODE - PAGE);
        assertThat(vm.secondLevel().pageSize(NODE - PAGE)).isEqualTo(PageSize.SIZE_2M);
        assertThat(nodes(vm).nodeOf(NODE - PAGE)).isEqualTo(2);
    }

    @Test
    void largestPagesAreGivenWhereTheyFit() {
        VirtualMachine seen = newVm(NODE, new VisibleNodes(4, PageSize.SIZE_2M));
        touch(seen, 0, NODE / 4);
        assertThat(seen.secondLevel().pageSize(NODE / 4)).isEqualTo(PageSize.SIZE_2M);
        VirtualMachine dealt = newVm(NODE, new Interleave(PageSize.SIZE_2M));
        touch(dealt, 0, 3 * LARGE);
        assertThat(dealt.secondLevel().pageSize(3 * LARGE)).isEqualTo(PageSize.SIZE_2M);
        dealt.exclusively(() -> nodes(dealt).populate(LARGE, PageSize.SIZE_4K, 0));
        touch(dealt, 0, LARGE + PAGE);
        assertThat(dealt.secondLevel().pageSize(LARGE + PAGE)).isEqualTo(PageSize.SIZE_4K);
        assertThat(nodes(dealt).nodeOf(LARGE + PAGE)).isEqualTo(1);
    }

    @Test
    void nodeThatIsFullBacksNoMore() {
        for (BackingPolicy policy :
                List.of(
                        new VisibleNodes(1, PageSize.SIZE_2M),
                        new VisibleNodes(1, PageSize.SIZE_4K),
                        new Bind(0, PageSize.SIZE_2M),
                        new Interleave(PageSize.SIZE_2M))) {
            VirtualMachine vm = newVm(NODE / 2, policy);
            touch(vm, 0, 0);
            vm.exclusively(() -> {
                nodes(vm).populate(LARGE, PageSize.SIZE_4K, 0);
                vm.secondLevel().unmap(LARGE, PAGE);
            });
            Taken taken = new Taken(machine.host());
            taken.leave(0);
            assertThat(policy.back(vm, PAGE)).isFalse();
            assertThat(policy.back(vm, LARGE)).isFalse();
            taken.giveAll();
            vm.exclusively(() -> nodes(vm).populate(LARGE, PageSize.SIZE_4K, 0));
            touch(vm, 0, LARGE + PAGE);
            assertThat(vm.secondLevel().pageSize(LARGE + PAGE)).isEqualTo(PageSize.SIZE_4K);
            vm.close();
        }
    }

    @Test
    void aGuestSeesAtLeastOneNode() {
        assertThatThrownBy(() -> newVm(NODE, new VisibleNodes(0, PageSize.SIZE_4K)))
                .isInstanceOf(InputException.class)
                .hasMessage("vm: 0 nodes for the guest to see; its machine has 1 to 4");
        touch(newVm(NODE / 2, new VisibleNodes(1, PageSize.SIZE_2M)), 0, 0);
    }

    @Test
    void interleavingEndsWhereNoNodeHasMemory() {
        VirtualMachine vm = newVm(NODE, new Interleave(PageSize.SIZE_2M));
        touch(vm, 0, 0);
        Taken taken = new Taken(machine.host());
        taken.leave(1);
        // The last frame becomes a table.
        assertThat(failureOf(vm, LARGE)).isInstanceOf(VmExit.Failure.class);
        taken.giveAll();
    }

    @Test
    void tablesThatAreWhereTheyBelongStayAtNoCost() {
        VirtualMachine vm = newVm(NODE, new FirstTouch(PageSize.SIZE_4K));
        for (TablePolicy policy : List.of(new TableMigration(), new TableReplication())) {
            vm.exclusively(() -> {
                nodes(vm).moveCpu(2, 3);
                policy.settle(vm);
            });
            long before = vm.background().cycles();
            vm.exclusively(() -> policy.settle(vm));
            assertThat(vm.background().cycles()).isEqualTo(before);
        }
    }

    @Test
    void ofNodesWithAsManyCpusTheLowestIsHome() {
        VirtualMachine vm = newVm(NODE, new FirstTouch(PageSize.SIZE_4K));
        vm.exclusively(() -> {
            nodes(vm).moveCpu(0, 3);
            nodes(vm).moveCpu(1, 2);
            nodes(vm).moveCpu(2, 1);
        });
        assertThat(Nodes.mostCpus(vm)).isEqualTo(1);
        vm.exclusively(() -> nodes(vm).moveCpu(2, 3));
        assertThat(Nodes.mostCpus(vm)).isEqualTo(3);
    }

    private static VmExit failureOf(VirtualMachine vm, long gpa) {
        try {
            touch(vm, 0, gpa);
            return new VmExit.ProgramEnd();
        } catch (GuestFailure failure) {
            return failure.failure();
        }
    }
}
