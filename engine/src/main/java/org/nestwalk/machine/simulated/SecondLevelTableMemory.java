package org.nestwalk.machine.simulated;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.simulated.host.HypervisorTables;
import org.nestwalk.machine.simulated.shootdown.Shootdown;
import org.nestwalk.machine.simulated.shootdown.TranslatingCpu;
import org.nestwalk.memory.PageSet;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.PageTableScan;
import org.nestwalk.paging.ReplicatedTables;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// Where the tables of a second level are: in frames of the node of the CPU that is served, or in
/// copies on every node. Frames are given back when no processor can have them cached as tables to
/// walk on from.
final class SecondLevelTableMemory {
    /// Tables come from the node of the CPU that is served.
    static final int ANYWHERE = -1;

    private static final long LINE = 64;
    private static final long ENTRIES = 512;

    private final VmContext vm;
    private final PageTable table;
    private final @Nullable ReplicatedTables copies;

    /// An empty table.
    ///
    /// @param levels 4 or 5
    SecondLevelTableMemory(VmContext vm, TableFormat format, int levels) {
        this.vm = vm;
        if (vm.host().settings().topology().isNuma()) {
            copies =
                    new ReplicatedTables(
                            vm.host().memory(),
                            format,
                            this::framesOn,
                            ANYWHERE,
                            this::chargeCopies);
            table = new PageTable(copies, copies, format, levels);
        } else {
            copies = null;
            table = new PageTable(vm.host().memory(), framesOn(ANYWHERE), format, levels);
        }
    }

    private void chargeCopies(long entries) {
        int each = vm.host().settings().topology().entryCycles();
        vm.charge(Cost.TABLE_COPIES, entries * each);
    }

    private TableFrames framesOn(int node) {
        TableFrames frames =
                new HypervisorTables(
                        vm.host().frames(), vm.id(), node == ANYWHERE ? vm::node : () -> node);
        return new RetiredTables(frames, vm.shootdown());
    }

    private record RetiredTables(TableFrames frames, Shootdown shootdown) implements TableFrames {
        @Override
        public long allocate() {
            return frames.allocate();
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }

        @Override
        public void free(long address) {
            shootdown.retire(() -> frames.free(address));
        }
    }

    /// [org.nestwalk.machine.SecondLevelMap#warm]: one read for each line of leaf entries.
    void warm(long gpa, long bytes) {
        TranslatingCpu cpu = vm.cpus().served(vm.host().ledger().served());
        if (cpu == null) {
            return;
        }
        long last = -1;
        for (long page = gpa; page < gpa + bytes; ) {
            int level = Math.max(1, table.leafLevel(page));
            PageSize size = PageSize.ofLevel(level);
            long above = table.entryAt(page, level + 1);
            long slot =
                    (above & PagingEntry.ADDRESS)
                            + (page >>> size.shift() & ENTRIES - 1) * Long.BYTES;
            long line = slot & -LINE;
            if (above != 0 && line != last) {
                vm.charge(Cost.HOST_SCANNING, cpu.readLine(line));
                last = line;
            }
            page = (page & -size.bytes()) + size.bytes();
        }
    }

    PageTable table() {
        return table;
    }

    /// Copies of the tables; null without NUMA.
    @Nullable ReplicatedTables copies() {
        return copies;
    }

    /// The root of the tables that a CPU on `node` walks.
    long rootFor(int node) {
        return copies == null ? table.root() : copies.copyOf(table.root(), node);
    }

    /// Adds all pages that are mapped to `into`.
    void addMappedTo(PageSet into) {
        PageTableScan.forEachLeaf(
                table, (gpa, level, entry) -> into.add(gpa, PageSize.ofLevel(level).bytes()));
    }
}
