package org.nestwalk.machine.simulated;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.machine.exit.RightsClaims;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.SubPageTable;
import org.nestwalk.paging.TableFormat;

/// The entries of one virtual machine's EPT that let some writes through although pages may not be
/// written, as all claims that withhold writing allow: flags of guest tables, and parts of pages.
final class WritesLetThrough {
    private final VmContext vm;
    private final PageTable table;
    private final RightsClaims claims;
    private @Nullable SubPageTable parts;

    WritesLetThrough(VmContext vm, PageTable table, RightsClaims claims) {
        this.vm = vm;
        this.table = table;
        this.claims = claims;
    }

    /// Makes the leaf entry of the page at `page` say what claims allow. Returns whether it has
    /// come to let flags through no more, which processors may have cached.
    boolean set(long page, int level) {
        if (level != 1 || !claims.letThrough(page, 1L << 12) && !says(page)) {
            return false;
        }
        long entry = table.entry(page);
        boolean flags = claims.letThrough(page, 1L << 12) && claims.allowFlags(page);
        int some = claims.letThrough(page, 1L << 12) ? claims.allowedParts(page) : 0;
        long updated =
                entry & ~(EptEntry.PAGING_WRITE | EptEntry.SUB_PAGES)
                        | (flags ? EptEntry.PAGING_WRITE : 0)
                        | (some != 0 ? EptEntry.SUB_PAGES : 0);
        if (some != 0 || (entry & EptEntry.SUB_PAGES) != 0) {
            parts().set(page, some);
        }
        if (updated != entry) {
            table.setEntry(page, 1, updated);
        }
        return (entry & ~updated & EptEntry.PAGING_WRITE) != 0;
    }

    private boolean says(long page) {
        return table.format() == TableFormat.EPT
                && (table.entry(page) & (EptEntry.PAGING_WRITE | EptEntry.SUB_PAGES)) != 0;
    }

    private SubPageTable parts() {
        if (parts == null) {
            parts = new SubPageTable(vm.host().memory(), vm.newTables());
        }
        return parts;
    }

    /// The root of the table of parts, or -1 if there is none.
    long root() {
        return parts == null ? -1 : parts.root();
    }

    /// Gives the table of parts back.
    void release() {
        if (parts != null) {
            parts.release();
            parts = null;
        }
    }
}
