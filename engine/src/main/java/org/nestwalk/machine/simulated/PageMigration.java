package org.nestwalk.machine.simulated;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.simulated.host.HostFrames;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.paging.PageTable;

/// Moves pages that back a virtual machine's memory from node to node, or to where its hypervisor
/// wants them: copied, mapped again, flushed, as `move_pages` does.
final class PageMigration {
    private static final long FRAME = PageSize.SIZE_4K.bytes();

    private final VmContext vm;
    private final PageTable table;
    private final PinnedPages pins;
    private final HostFrames host;
    private final FlatMemory memory;

    PageMigration(VmContext vm, PageTable table, PinnedPages pins) {
        this.vm = vm;
        this.table = table;
        this.pins = pins;
        this.host = vm.host().frames();
        this.memory = host.contents();
    }

    /// Moves the pages that are all in a range to `node`, if it has memory for them. Those of
    /// encrypted machines stay, whose ciphertext means nothing elsewhere, and so do shared ones, as
    /// with `MPOL_MF_MOVE`: they are not for one of their owners to move; and those that are pinned
    /// and not let go.
    ///
    /// @return how many
    long migrate(long gpa, long bytes, int node) {
        if (vm.protection().isEncrypted()) {
            return 0;
        }
        vm.interruptTransactions();
        long moved = 0;
        long looked = 0;
        for (long page = gpa; page < gpa + bytes; ) {
            int level = table.leafLevel(page);
            looked++;
            if (level != 0 && isInside(page, level, gpa + bytes)) {
                moved += move(page, PageSize.ofLevel(level), node) ? 1 : 0;
            }
            page = next(page, level);
        }
        vm.chargeScan(looked, 0);
        if (moved > 0) {
            vm.flush(gpa, bytes);
        }
        return moved;
    }

    /// The page that follows the one of `level` (0 for none) around `page`.
    private static long next(long page, int level) {
        PageSize size = PageSize.ofLevel(Math.max(level, 1));
        return (page & ~size.offsetMask()) + size.bytes();
    }

    private static boolean isInside(long page, int level, long end) {
        PageSize size = PageSize.ofLevel(level);
        return (page & size.offsetMask()) == 0 && page + size.bytes() <= end;
    }

    private boolean move(long page, PageSize size, int node) {
        long from = table.lookup(page);
        boolean stays =
                host.frames().nodeOf(from) == node
                        || host.isShared(from, size)
                        || !pins.letGo(page, size.bytes());
        long to = stays ? -1 : host.takeOn(size, node, vm.id(), page);
        if (to == -1) {
            return false;
        }
        copy(page, size, from, to);
        vm.shootdown().retire(() -> host.drop(from, size, vm.id(), page));
        return true;
    }

    /// Maps a copy of what a page holds, and charges that. Translations of it are stale.
    private void copy(long page, PageSize size, long from, long to) {
        for (long offset = 0; offset < size.bytes(); offset += FRAME) {
            memory.copyFrame(from + offset, to + offset);
        }
        table.setEntry(page, size.level(), table.entry(page) ^ from ^ to);
        vm.charge(Cost.BACKING, vm.costs().mapping());
        vm.charge(Cost.HOST_COPYING, size.bytes() / FRAME * vm.costs().copying());
    }

    /// As [org.nestwalk.machine.SecondLevelMap#exchange]. A block that is not whole any more stays
    /// where it is.
    long exchange(long gpa, long to, PageSize size) {
        long page = gpa & ~size.offsetMask();
        if (table.leafLevel(page) != size.level() || vm.protection().isEncrypted()) {
            return -1;
        }
        long from = table.lookup(page);
        if (host.isShared(from, size)
                || host.allocator(from).allocatedOrder(from) != HostFrames.order(size)
                || !pins.letGo(page, size.bytes())) {
            return -1;
        }
        vm.interruptTransactions();
        host.assign(to, size, vm.id(), page);
        copy(page, size, from, to);
        vm.shootdown().retire(() -> host.reserveAgain(from, size));
        vm.flush(page, size.bytes());
        return from;
    }
}
