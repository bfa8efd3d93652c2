package org.nestwalk.machine.simulated;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.machine.simulated.host.HostFrames;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.paging.LargePages;
import org.nestwalk.paging.PageTable;

/// Replaces the small pages of a 2-MiB range of a virtual machine by a large one, with copies of
/// what they hold, as khugepaged does. Those that were shared are the virtual machine's own then.
final class PageCollapse {
    private static final PageSize LARGE = PageSize.SIZE_2M;
    private static final PageSize SMALL = PageSize.SIZE_4K;
    private static final int SMALL_PAGES = 512;

    private final VmContext vm;
    private final SecondLevelTables tables;
    private final HostFrames host;
    private final FlatMemory memory;

    PageCollapse(VmContext vm, SecondLevelTables tables) {
        this.vm = vm;
        this.tables = tables;
        this.host = vm.host().frames();
        this.memory = host.contents();
    }

    /// Collapses the pages from `first` on to the reserved block at `hpa`, or, if that is -1, one
    /// that is taken. Returns how many there were, or -1 with nothing changed.
    int collapse(long first, long hpa) {
        if (!isPossible(first)) {
            return -1;
        }
        long target = hpa;
        if (target == -1) {
            target = host.take(LARGE, vm.node(), FrameOwners.PAGE, vm.id(), first);
            if (target == -1) {
                return -1;
            }
        } else {
            host.assign(target, LARGE, vm.id(), first);
        }
        return moveTogether(first, target);
    }

    private boolean isPossible(long first) {
        PageTable table = tables.table();
        if (vm.protection().isEncrypted()
                || first + LARGE.bytes() > vm.settings().memoryBytes()
                || tables.shared().differOtherwise(first, LARGE.bytes())
                || table.isFree(first, LARGE)) {
            return false;
        }
        int pages = 0;
        for (long page = first; page < first + LARGE.bytes(); page += SMALL.bytes()) {
            int level = table.leafLevel(page);
            if (level > 1) {
                return false;
            }
            pages += level;
        }
        return pages > 0;
    }

    /// Copies the small pages from `first` to the block at `target`, which replaces them.
    private int moveTogether(long first, long target) {
        vm.interruptTransactions();
        tables.inherited().beforeChange(first, LARGE.bytes());
        tables.shared().release(first, LARGE.bytes());
        int copied = 0;
        for (long offset = 0; offset < LARGE.bytes(); offset += SMALL.bytes()) {
            long page = first + offset;
            long old = tables.lookup(page);
            if (old != -1) {
                memory.copyFrame(old, target + offset);
                vm.shootdown().retire(() -> host.drop(old, SMALL, vm.id(), page));
                copied++;
            }
        }
        tables.claimed().bringDown(first, SMALL.level());
        LargePages.collapse(tables.table(), first, target, LARGE);
        vm.flush(first, LARGE.bytes());
        SoftwareCosts costs = vm.costs();
        vm.charge(Cost.BACKING, costs.mapping());
        vm.charge(Cost.HOST_COPYING, (long) copied * costs.copying());
        vm.charge(Cost.HOST_ZEROING, (long) (SMALL_PAGES - copied) * costs.zeroing());
        return copied;
    }
}
