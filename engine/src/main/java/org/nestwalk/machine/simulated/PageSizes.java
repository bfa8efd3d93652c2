package org.nestwalk.machine.simulated;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.SmallPages;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.machine.simulated.host.HostFrames;
import org.nestwalk.memory.PageSet;
import org.nestwalk.paging.LargePages;
import org.nestwalk.paging.PageTable;

/// How large the pages of one virtual machine are: large ones are split, small ones are collapsed
/// to large ones with copies of what they hold, as khugepaged does, and large pages are kept in
/// pieces for a time, as KVM maps small pages while it logs writes and large ones again afterwards
/// (`kvm_mmu_zap_collapsible_sptes`; Linux commit 3ea3b7fa9af0). The memory of pieces stays one
/// block meanwhile.
///
/// Used alone ([org.nestwalk.machine.simulated.host.World]).
final class PageSizes {
    private static final PageSize LARGE = PageSize.SIZE_2M;
    private static final PageSize SMALL = PageSize.SIZE_4K;
    private static final int PIECES = 512;

    private final VmContext vm;
    private final SecondLevelTables tables;
    private final HostFrames host;
    private final PageSet split = new PageSet();
    private int keepers;

    /// Nothing is split.
    PageSizes(VmContext vm, SecondLevelTables tables) {
        this.vm = vm;
        this.tables = tables;
        this.host = vm.host().frames();
    }

    /// [SecondLevelMap#keepSmall].
    SmallPages keep() {
        keepers++;
        return new Keeper();
    }

    /// Whether somebody keeps pages small.
    boolean areKept() {
        return keepers > 0;
    }

    /// A page of `size` at `page` was backed.
    void backed(long page, PageSize size) {
        if (areKept() && size != SMALL) {
            for (long at = page; at < page + size.bytes(); at += LARGE.bytes()) {
                splitTo(at, SMALL);
            }
        }
    }

    /// [SecondLevelMap#split].
    void split(long gpa) {
        int level = tables.table().leafLevel(gpa);
        if (level < LARGE.level()) {
            return;
        }
        vm.interruptTransactions();
        PageSize size = PageSize.ofLevel(level);
        long first = gpa & ~size.offsetMask();
        long hpa = tables.hostAddress(first);
        tables.dirty().splits(first, size);
        if (areKept() && size == LARGE) {
            split.add(first, LARGE.bytes());
        }
        LargePages.split(tables.table(), first);
        host.split(hpa);
        vm.protection().smash(hpa);
        tables.countBacked(size, -1);
        tables.countBacked(PageSize.ofLevel(level - 1), PIECES);
        vm.charge(Cost.BACKING, vm.costs().mapping());
        vm.flush(first, size.bytes());
    }

    /// Splits the large page that reaches from below `edge` beyond it, if there is one.
    void splitAt(long edge) {
        int level = tables.table().leafLevel(edge);
        while (level > 1 && (edge & PageSize.ofLevel(level).offsetMask()) != 0) {
            split(edge);
            level = tables.table().leafLevel(edge);
        }
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
                || tables.pins().isPinned(first, LARGE.bytes())
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
            long old = tables.hostAddress(page);
            if (old != -1) {
                host.contents().copyFrame(old, target + offset);
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
        vm.charge(Cost.HOST_ZEROING, (long) (PIECES - copied) * costs.zeroing());
        return copied;
    }

    private void joinAll() {
        split.forEachRange((gpa, bytes) -> {
            for (long page = gpa; page < gpa + bytes; page += LARGE.bytes()) {
                join(page);
            }
        });
        split.clear();
    }

    /// Makes of the pieces from `first` on one page, if they still are one.
    private void join(long first) {
        long hpa = tables.hostAddress(first);
        if (!isOne(first, hpa) || !host.join(hpa)) {
            return;
        }
        vm.interruptTransactions();
        tables.claimed().bringDown(first, SMALL.level());
        LargePages.collapse(tables.table(), first, hpa, LARGE);
        tables.countBacked(SMALL, -PIECES);
        tables.countBacked(LARGE, 1);
        vm.charge(Cost.BACKING, vm.costs().mapping());
        vm.flush(first, LARGE.bytes());
    }

    private boolean isOne(long first, long hpa) {
        if (hpa == -1
                || (hpa & LARGE.offsetMask()) != 0
                || vm.protection().isEncrypted()
                || tables.claimed().differ(first, LARGE)
                || tables.claimed().granted(first, LARGE) == 0) {
            return false;
        }
        for (long offset = 0; offset < LARGE.bytes(); offset += SMALL.bytes()) {
            long page = first + offset;
            if (tables.table().leafLevel(page) != SMALL.level()
                    || tables.hostAddress(page) != hpa + offset
                    || tables.shared().allowed(page) != SecondLevelMap.ALL
                    || tables.owners(page) != 1) {
                return false;
            }
        }
        return true;
    }

    private final class Keeper implements SmallPages {
        private boolean closed;

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                keepers--;
                if (keepers == 0) {
                    joinAll();
                }
            }
        }
    }

    /// Splits the page that `page` is in as long as it is larger than `size`.
    void splitTo(long page, PageSize size) {
        while (tables.table().leafLevel(page) > size.level()) {
            split(page);
        }
    }
}
