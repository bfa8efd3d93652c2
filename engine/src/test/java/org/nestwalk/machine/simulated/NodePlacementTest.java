package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.machine.topology.NodeCounts;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class NodePlacementTest {
    private static final long NODE = 16L << 20;
    private static final long MEMORY = 32L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long GVA = 0x80_0000_0000L;
    private static final int LATENCY = 100;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 4 * NODE)
                            .withTopology(new Topology(4, 1.5, 60)));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 2, TranslationMode.NESTED));
    private final NodePlacement nodes = vm.placement().orElseThrow();

    NodePlacementTest() {
        vm.attach((cpu, exit) ->
                Verdict.resumeIf(
                        exit instanceof VmExit.Violation violation
                                && vm.secondLevel().populate(violation.gpa(), PageSize.SIZE_4K)));
    }

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private void alone(Runnable work) {
        vm.exclusively(work);
    }

    /// The guest maps its memory from [#GVA] on with 2-MiB pages, by tables at 0x1000 and on.
    private void writeTables() {
        KernelCpu kernel = vm.cpus().getFirst().kernel();
        kernel.store(0x1000 + 8, 0x2000 | 7);
        kernel.store(0x2000, 0x3000 | 7);
        for (long region = 0; region < MEMORY >> 21; region++) {
            kernel.store(0x3000 + 8 * region, region << 21 | 0x87);
        }
        vm.cpus().forEach(cpu -> cpu.kernel().loadCr3(0x1000, false));
    }

    private void load(int cpu, long gpa) {
        VmExit exit =
                vm.cpus().get(cpu).run(new long[] {Access.pack(Access.LOAD, GVA + gpa)}, 0, 1);
        assertThat(exit).isInstanceOf(VmExit.ProgramEnd.class);
    }

    @Test
    void aMachineOfOneNodePlacesNothing() {
        try (SimulatedMachine plain =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), NODE))) {
            VirtualMachine other =
                    plain.create(new VmSettings("vm", NODE, 1, TranslationMode.NESTED));
            assertThat(other.placement()).isEmpty();
            assertThat(plain.capabilities()).doesNotContain(Capability.NODES);
        }
        assertThat(machine.capabilities()).contains(Capability.NODES);
    }

    @Test
    void aFirstTouchBacksOnTheNodeOfItsCpu() {
        writeTables();
        alone(() -> nodes.moveCpu(1, 3));
        load(0, 8L << 20);
        load(1, 10L << 20);
        assertThat(nodes.nodeOf(8L << 20)).isZero();
        assertThat(nodes.nodeOf(10L << 20)).isEqualTo(3);
        assertThat(nodes.nodeOf(12L << 20)).isEqualTo(-1);
        assertThat(nodes.tables(3)).as("the table of its region").isEqualTo(1);
    }

    @Test
    void eachCopyOfTheTablesIsPaidOnce() {
        alone(() -> {
            vm.secondLevel().populate(0, PageSize.SIZE_4K);
            long tables = 4;
            nodes.replicateTables(List.of(0, 1));
            long copied = vm.background().cycles(Cost.HOST_COPYING);
            assertThat(copied).isEqualTo(2 * tables * 1500);
            nodes.replicateTables(List.of(1, 0));
            assertThat(vm.background().cycles(Cost.HOST_COPYING)).isEqualTo(copied);
            assertThatThrownBy(() -> nodes.replicateTables(List.of(1, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("different nodes");
            assertThatThrownBy(() -> nodes.replicateTables(List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
            long entries = nodes.copiedEntries();
            vm.secondLevel().populate(PAGE, PageSize.SIZE_4K);
            assertThat(nodes.copiedEntries()).isGreaterThan(entries);
        });
        assertThat(nodes.tableNodes()).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void workForNoCpuBacksOnTheNodeOfTheFirst() {
        alone(() -> {
            nodes.moveCpu(0, 2);
            nodes.moveCpu(1, 3);
            assertThat(nodes.nodeOfCpu(1)).isEqualTo(3);
            assertThat(vm.secondLevel().populate(8L << 20, PageSize.SIZE_4K)).isTrue();
        });
        assertThat(nodes.nodeOf(8L << 20)).isEqualTo(2);
    }

    @Test
    void pageThatIsBackedStaysOnItsNode() {
        alone(() -> {
            assertThat(nodes.populate(0, PageSize.SIZE_4K, 1)).isTrue();
            long free = nodes.freeBytes(2);
            assertThat(nodes.populate(0, PageSize.SIZE_4K, 2)).isFalse();
            assertThat(nodes.freeBytes(2)).isEqualTo(free);
        });
        assertThat(nodes.nodeOf(0)).isEqualTo(1);
    }

    @Test
    void aBoundPageIsOnItsNodeOrNotBacked() {
        alone(() -> {
            long gpa = 0;
            while (nodes.populate(gpa, PageSize.SIZE_2M, 2)) {
                assertThat(nodes.nodeOf(gpa)).isEqualTo(2);
                gpa += PageSize.SIZE_2M.bytes();
            }
            assertThat(gpa).isEqualTo(NODE);
            assertThat(nodes.freeBytes(2)).isZero();
            assertThat(vm.secondLevel().populate(gpa, PageSize.SIZE_2M)).isTrue();
        });
    }

    @Test
    void migratedPagesKeepContentsAndRights() {
        alone(() -> {
            vm.memory().write(5 * PAGE, 77);
            vm.claim((cpu, exit) -> Verdict.STOP).allow(5 * PAGE, PAGE, SecondLevelMap.READ);
            assertThat(nodes.populate(2L << 20, PageSize.SIZE_2M, 0)).isTrue();
            vm.memory().write((2L << 20) + 8, 88);
            long free = nodes.freeBytes(0);
            assertThat(nodes.migrate(0, 4L << 20, 1)).isEqualTo(2);
            assertThat(nodes.freeBytes(0) - free).isEqualTo(PAGE + (2L << 20));
        });
        assertThat(nodes.nodeOf(5 * PAGE)).isEqualTo(1);
        assertThat(nodes.nodeOf(2L << 20)).isEqualTo(1);
        assertThat(vm.memory().read(5 * PAGE)).isEqualTo(77);
        assertThat(vm.memory().read((2L << 20) + 8)).isEqualTo(88);
        assertThat(vm.secondLevel().rights(5 * PAGE)).isEqualTo(SecondLevelMap.READ);
        assertThat(vm.background().cycles(Cost.HOST_COPYING)).isEqualTo(513 * 1500L);
    }

    @Test
    void pagesThatReachBeyondTheRangeStay() {
        alone(() -> {
            assertThat(nodes.populate(0, PageSize.SIZE_2M, 0)).isTrue();
            assertThat(nodes.migrate(PAGE, 4L << 20, 1)).isZero();
            assertThat(nodes.migrate(0, PAGE, 1)).isZero();
        });
        assertThat(nodes.nodeOf(0)).isZero();
    }

    @Test
    void placedTablesAreOnTheirNodeAndNewOnesToo() {
        writeTables();
        load(0, 8L << 20);
        assertThat(nodes.tableNodes()).isEmpty();
        long tables = nodes.tables(0);
        alone(() -> nodes.placeTables(2));
        assertThat(nodes.tableNodes()).containsExactly(2);
        assertThat(nodes.tables(2)).isEqualTo(tables);
        assertThat(nodes.tables(0)).isZero();
        load(0, 8L << 20);
        load(0, 10L << 20);
        assertThat(nodes.tables(2)).isEqualTo(tables + 1);
    }

    @Test
    void eachCpuWalksTheCopyOnItsNode() {
        writeTables();
        load(0, 8L << 20);
        load(1, 8L << 20);
        alone(() -> {
            nodes.moveCpu(1, 3);
            nodes.replicateTables(List.of(0, 3));
        });
        NodeCounts first = nodes.counts(0).copy();
        NodeCounts second = nodes.counts(1).copy();
        load(0, 8L << 20);
        load(1, 8L << 20);
        int kind = MemoryDelay.SECOND_LEVEL_TABLE;
        assertThat(nodes.counts(0).since(first).references(kind)).isPositive();
        assertThat(nodes.counts(0).since(first).remote(kind)).isZero();
        assertThat(nodes.counts(1).since(second).references(kind, 3)).isPositive();
        assertThat(nodes.counts(1).since(second).remote(kind)).isZero();
        // Its guest tables are on node 0.
        assertThat(nodes.counts(1).since(second).remote(MemoryDelay.GUEST_TABLE)).isPositive();
    }

    @Test
    void aDirtyFlagOfAnyCopyCountsAndIsClearedInAll() {
        writeTables();
        alone(() -> {
            nodes.moveCpu(1, 3);
            nodes.replicateTables(List.of(0, 3));
            vm.secondLevel().populate(8L << 20, PageSize.SIZE_4K);
        });
        long[] store = {Access.pack(Access.STORE, GVA + (8L << 20))};
        DirtyPages pages = vm.trackDirty(DirtySource.FLAGS);
        for (int cpu : List.of(1, 0)) {
            assertThat(vm.cpus().get(cpu).run(store, 0, 1)).isInstanceOf(VmExit.ProgramEnd.class);
            PageSet written = new PageSet();
            pages.collect(written);
            assertThat(written.contains(8L << 20)).isTrue();
            PageSet writtenSince = new PageSet();
            pages.collect(writtenSince);
            assertThat(writtenSince.isEmpty()).isTrue();
        }
    }

    @Test
    void changesOfCopiedTablesAreChargedByTheEntry() {
        alone(() -> {
            vm.secondLevel().populate(0, PageSize.SIZE_2M);
            vm.secondLevel().split(0);
            nodes.replicateTables(List.of(0, 1, 2, 3));
            RightsClaim claim = vm.claim((cpu, exit) -> Verdict.STOP);
            long before = vm.background().cycles(Cost.TABLE_COPIES);
            claim.allow(0, 2L << 20, SecondLevelMap.READ);
            assertThat(vm.background().cycles(Cost.TABLE_COPIES) - before).isEqualTo(512 * 3 * 60);
        });
    }

    @Test
    void distanceAndLoadAreCharged() {
        writeTables();
        load(0, 8L << 20);
        machine.load(1, 3.5);
        assertThat(delayOfALoad()).as("all local").isZero();
        alone(() -> nodes.placeTables(1));
        int references = (int) references(MemoryDelay.SECOND_LEVEL_TABLE);
        assertThat(delayOfALoad()).isEqualTo(250L * referencesOfALoad(references));
        machine.load(1, 1.5);
        int again = (int) references(MemoryDelay.SECOND_LEVEL_TABLE);
        assertThat(delayOfALoad()).isEqualTo(LATENCY / 2 * referencesOfALoad(again));
    }

    private long delayOfALoad() {
        long before = nodes.counts(0).delayCycles();
        vm.cpus().getFirst().kernel().loadCr3(0x1000, false);
        load(0, 8L << 20);
        return nodes.counts(0).delayCycles() - before;
    }

    private long referencesOfALoad(int before) {
        return references(MemoryDelay.SECOND_LEVEL_TABLE) - before;
    }

    private long references(int kind) {
        return nodes.counts(0).references(kind);
    }

    @Test
    void withoutMemoryForTablesTheyStay() {
        alone(() -> {
            for (long gpa = 0; gpa < MEMORY; gpa += PageSize.SIZE_2M.bytes()) {
                var _ = nodes.populate(gpa, PageSize.SIZE_2M, (int) (gpa / (MEMORY / 4)));
            }
            while (machine.host().reserve(PageSize.SIZE_4K) != -1) {
                // Takes what is free.
            }
            assertThatThrownBy(() -> nodes.placeTables(1)).isInstanceOf(GuestFailure.class);
            assertThat(nodes.tableNodes()).isEmpty();
        });
        machine.checkInvariants();
        release();
    }

    /// Gives back what [#withoutMemoryForTablesTheyStay] reserved.
    private void release() {
        for (long hpa = 0; hpa < 4 * NODE; hpa += PAGE) {
            if (FrameOwners.kind(machine.frames().owners().of(hpa)) == FrameOwners.RESERVED) {
                machine.host().release(hpa, PageSize.SIZE_4K);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-1", "4", "64"})
    void anUnknownNodeIsNamedWithTheRange(int node) {
        alone(() -> {
            List<Runnable> uses =
                    List.of(
                            () -> nodes.moveCpu(0, node),
                            () -> nodes.populate(0, PageSize.SIZE_4K, node),
                            () -> nodes.migrate(0, PAGE, node),
                            () -> nodes.placeTables(node),
                            () -> nodes.freeBytes(node));
            for (Runnable use : uses) {
                assertThatThrownBy(use::run)
                        .isInstanceOf(InputException.class)
                        .hasMessage("vm: no node %d; this machine has nodes 0 to 3", node);
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 1.5 | 60 | 0 nodes; a machine has 1 to 64",
                "65 | 1.5 | 60 | 65 nodes; a machine has 1 to 64",
                "2 | 0.9 | 60 | remote latency of 0.9 times the local one; it is 1 to 10.0 times",
                "2 | -1 | 60 | remote latency of -1.0 times",
                "2 | NaN | 60 | remote latency of NaN times",
                "2 | 11 | 60 | remote latency of 11.0 times",
                "2 | 2 | -1 | -1 cycles to update a table's entry; they are 0 to 100000"
            })
    void badTopologyIsNamed(int count, double remote, int entryCycles, String message) {
        assertThatThrownBy(() -> new Topology(count, remote, entryCycles))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4 | 3 | loaded memory: no node 4; this machine has nodes 0 to 3",
                "1 | 1.4 | loaded latency of 1.4 times the local one; it is 1.5",
                "1 | 101 | loaded latency of 101.0 times",
                "1 | NaN | loaded latency of NaN times"
            })
    void badLoadIsNamed(int node, double loaded, String message) {
        assertThatThrownBy(() -> machine.load(node, loaded))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }
}
