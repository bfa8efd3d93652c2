package org.nestwalk.machine.simulated;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.simulated.host.HostFrames;
import org.nestwalk.machine.simulated.host.NodeDelay;
import org.nestwalk.machine.simulated.shootdown.TranslatingCpu;
import org.nestwalk.machine.topology.NodeCounts;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.memory.BuddyAllocator;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.PageTableScan;
import org.nestwalk.paging.ReplicatedTables;

/// Where a simulated virtual machine is on the nodes of its machine.
final class SimulatedPlacement implements NodePlacement {
    private final VmContext vm;
    private final SecondLevelTables tables;
    private final ReplicatedTables copies;
    private final HostFrames host;
    private final Topology topology;

    SimulatedPlacement(VmContext vm, SecondLevelTables tables) {
        this.vm = vm;
        this.tables = tables;
        this.copies =
                Objects.requireNonNull(tables.memory().copies(), "a machine with nodes has copies");
        this.host = vm.host().frames();
        this.topology = vm.host().settings().topology();
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public long freeBytes(int node) {
        check(node);
        return host.frames().node(node).freeFrames() << BuddyAllocator.FRAME_SHIFT;
    }

    @Override
    public int nodeOfCpu(int cpu) {
        return vm.cpus().all().get(cpu).node();
    }

    @Override
    public void moveCpu(int cpu, int node) {
        check(node);
        TranslatingCpu moved = vm.cpus().all().get(cpu);
        vm.cpus().interruptTransactions(cpu);
        delayOf(moved).moveTo(node);
        moved.tablesMoved();
    }

    private static NodeDelay delayOf(TranslatingCpu cpu) {
        return Objects.requireNonNull(cpu.delay(), "a machine with nodes has delays");
    }

    @Override
    public boolean populate(long gpa, PageSize size, int node) {
        check(node);
        return tables.populate(gpa, size, node);
    }

    @Override
    public int nodeOf(long gpa) {
        long hpa = tables.hostAddress(gpa);
        return hpa == -1 ? -1 : host.frames().nodeOf(hpa);
    }

    @Override
    public long migrate(long gpa, long bytes, int node) {
        check(node);
        return new PageMigration(vm, tables.table(), tables.pins()).migrate(gpa, bytes, node);
    }

    @Override
    public void placeTables(int node) {
        replicateTables(List.of(node));
    }

    @Override
    public void replicateTables(List<Integer> nodes) {
        nodes.forEach(this::check);
        if (nodes.isEmpty() || new HashSet<>(nodes).size() != nodes.size()) {
            throw new IllegalArgumentException("tables are on different nodes, not " + nodes);
        }
        vm.interruptTransactions();
        PageTable table = tables.table();
        for (int node : nodes) {
            if (!copies.places().contains(node)) {
                copies.replicate(table, node);
                vm.charge(Cost.HOST_COPYING, table.tables() * costOfTable());
            }
        }
        copies.makeHome(table, nodes.getFirst());
        for (int place : copies.places()) {
            if (!nodes.contains(place)) {
                copies.drop(place);
            }
        }
        vm.cpus().tablesMoved();
        vm.flush(0, vm.settings().memoryBytes());
    }

    private long costOfTable() {
        return vm.costs().copying();
    }

    @Override
    public List<Integer> tableNodes() {
        List<Integer> places = copies.places();
        return places.getFirst() == SecondLevelTableMemory.ANYWHERE ? List.of() : places;
    }

    @Override
    public long tables(int node) {
        check(node);
        LongAdder found = new LongAdder();
        for (int place : copies.places()) {
            PageTableScan.forEachTable(
                    tables.table(),
                    (table, level, gpa) -> {
                        if (host.frames().nodeOf(copies.copyOf(table, place)) == node) {
                            found.increment();
                        }
                    });
        }
        return found.sum();
    }

    @Override
    public long copiedEntries() {
        return copies.copiedEntries();
    }

    @Override
    public NodeCounts counts(int cpu) {
        return delayOf(vm.cpus().all().get(cpu)).counts();
    }

    private void check(int node) {
        topology.check(node, vm.settings().name());
    }
}
