package org.nestwalk.machine.simulated;

import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.WalkResult;

/// The shadow of one guest address space: a table from guest-virtual to host-physical addresses, of
/// which every leaf follows from a walk of the guest's tables and the second level.
final class ShadowTable {
    private final long guestRoot;
    private final PageTable table;

    /// An empty shadow.
    ///
    /// @param guestRoot guest-physical address of the root of the tables that it shadows
    ShadowTable(long guestRoot, PageTable table) {
        this.guestRoot = guestRoot;
        this.table = table;
    }

    long guestRoot() {
        return guestRoot;
    }

    /// Host-physical address of its root.
    long root() {
        return table.root();
    }

    /// Makes the page of `gva` translate as a walk has found, with a page of at most `most`, a
    /// level.
    ///
    /// It is writable once the guest's dirty flag is set, so that the first write of a page comes
    /// to the hypervisor, which sets that flag. Its own flags are set at once, as KVM sets them.
    ///
    /// @param most the level of the smaller of both pages, or a lower one
    /// @param writable false if the page must not be written all the same
    void install(long gva, WalkResult walk, int most, boolean writable, boolean executable) {
        if (table.leafLevel(gva) != 0) {
            table.unmap(gva);
        }
        int level = most;
        while (!table.isFree(
                gva & ~PageSize.ofLevel(level).offsetMask(), PageSize.ofLevel(level))) {
            level--;
        }
        PageSize size = PageSize.ofLevel(level);
        long page = gva & ~size.offsetMask();
        boolean write = writable && walk.guestWritable() && walk.dirty();
        long flags = PagingEntry.ACCESSED | (write ? PagingEntry.DIRTY : 0);
        table.map(page, walk.hostPhysicalAddress() & ~size.offsetMask(), size, flags);
        long clear = (write ? 0 : PagingEntry.WRITE) | (walk.guestUser() ? 0 : PagingEntry.USER);
        boolean noExecute = walk.guestNoExecute() || !executable;
        table.protect(page, clear, noExecute ? PagingEntry.NO_EXECUTE : 0);
    }

    /// Drops what is derived from a guest entry: the leaves of the part of the address space that
    /// an entry of `level` translates.
    void drop(long gva, int level) {
        if (level > 2) {
            clear();
            return;
        }
        long end = gva + PageSize.ofLevel(level).bytes();
        for (long page = gva; page < end; ) {
            int leaf = table.leafLevel(page);
            if (leaf != 0) {
                table.unmap(page);
            }
            page += PageSize.ofLevel(Math.max(leaf, 1)).bytes();
        }
    }

    /// Drops everything.
    void clear() {
        table.clear();
    }

    /// Drops the leaf that translates `gva`, if there is one.
    void dropPage(long gva) {
        if (table.leafLevel(gva) != 0) {
            table.unmap(gva);
        }
    }

    /// Gives all tables back.
    void release() {
        table.release();
    }
}
