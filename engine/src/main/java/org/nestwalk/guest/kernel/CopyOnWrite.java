package org.nestwalk.guest.kernel;

import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.KernelCpu;

/// Pages shared until one of their processes writes.
///
/// A fork shares 2-MiB pages whole. A write to one that is still shared splits it in the writer's
/// table and copies 4 KiB, as Linux does since 5.8 ("thp: change CoW semantics for anon-THP",
/// `do_huge_pmd_wp_page`).
final class CopyOnWrite {
    private static final PageSize SMALL = PageSize.SIZE_4K;

    private final GuestFrames frames;
    private final TlbMaintenance tlbs;

    CopyOnWrite(GuestFrames frames, TlbMaintenance tlbs) {
        this.frames = frames;
        this.tlbs = tlbs;
    }

    /// Maps into `child`, which is empty, everything that `parent` maps: read-only in both.
    ///
    /// @throws org.nestwalk.machine.GuestFailure if there is no memory for the child's tables; it
    ///   then has a part of them
    void share(KernelCpu cpu, AddressSpace parent, AddressSpace child) {
        try {
            parent.forEachPage((gva, level, entry) -> {
                PageSize size = PageSize.ofLevel(level);
                long gpa = PagingEntry.page(entry, level);
                child.mapShared(gva, gpa, size, entry);
                frames.share(gpa, size);
                parent.setBits(gva, PagingEntry.WRITE, 0);
            });
        } finally {
            tlbs.flushAll(cpu, parent);
        }
    }

    /// Makes the page of `gva` writable: as it is, if no other process has it; otherwise a copy.
    ///
    /// @param level of its leaf entry
    /// @throws org.nestwalk.machine.GuestFailure if there is no memory for the copy
    void write(KernelCpu cpu, AddressSpace space, long gva, int level) {
        long entry = space.entry(gva);
        if ((entry & PagingEntry.WRITE) != 0) {
            return; // Another CPU was faster.
        }
        if (!frames.isShared(PagingEntry.page(entry, level), PageSize.ofLevel(level))) {
            space.allowWrite(gva);
            space.counts.reuses++;
        } else if (level == 1) {
            copy(cpu, space, gva);
        } else {
            space.split(gva);
            write(cpu, space, gva, 1);
        }
    }

    private void copy(KernelCpu cpu, AddressSpace space, long gva) {
        long page = gva & -SMALL.bytes();
        long old = PagingEntry.page(space.entry(gva), 1);
        long copy = frames.takeFrame();
        frames.undoingTake(copy, SMALL, () -> frames.copyPage(old, copy));
        space.replace(page, copy);
        tlbs.flush(cpu, space, page, page + SMALL.bytes(), SMALL);
        frames.drop(old, SMALL);
        space.counts.copies++;
    }
}
