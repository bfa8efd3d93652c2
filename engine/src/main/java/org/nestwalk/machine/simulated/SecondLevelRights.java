package org.nestwalk.machine.simulated;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.exit.RightsClaims;
import org.nestwalk.machine.simulated.shootdown.TranslatingCpu;
import org.nestwalk.paging.PageTable;

/// The rights in the entries of one virtual machine's second level: those that all claims allow,
/// but while a page is open for a single access.
final class SecondLevelRights {
    private final VmContext vm;
    private final SecondLevelTables tables;
    private final RightsClaims claims;

    /// @param claims what parts of the hypervisor withhold from the guest
    SecondLevelRights(VmContext vm, SecondLevelTables tables, RightsClaims claims) {
        this.vm = vm;
        this.tables = tables;
        this.claims = claims;
    }

    private PageTable table() {
        return tables.table();
    }

    /// Whether claims allow different things on parts of the page at `page`.
    boolean differ(long page, PageSize size) {
        return claims.allowed(page, size.bytes()) == RightsClaims.MIXED;
    }

    /// What a page at `page`, on which claims do not [differ][#differ], is mapped with.
    int granted(long page, PageSize size) {
        return tables.entries().grantable(claims.allowed(page, size.bytes()));
    }

    /// The page at `page` was backed, with all rights.
    void backed(long page, PageSize size) {
        boolean _ = setRights(page, size.level(), claims.allowed(page, size.bytes()));
    }

    /// Gives the backed pages of a range the rights that all claims allow on them.
    void changed(long gpa, long bytes) {
        vm.interruptTransactions();
        boolean stale = false;
        for (long page = gpa; page < gpa + bytes; page = table().after(page)) {
            int level = uniformLevel(page);
            if (level != 0) {
                PageSize size = PageSize.ofLevel(level);
                long first = page & ~size.offsetMask();
                stale |= setRights(first, level, claims.allowed(first, size.bytes()));
            }
        }
        vm.charge(Cost.BACKING, vm.costs().mapping());
        if (stale) {
            vm.flush(gpa, bytes);
        }
    }

    /// Splits the large page around `page` as long as claims allow different things on it. Returns
    /// the level of the leaf that maps `page` then.
    private int uniformLevel(long page) {
        int level = table().leafLevel(page);
        while (level > 1) {
            PageSize size = PageSize.ofLevel(level);
            if (!differ(page & ~size.offsetMask(), size)) {
                return level;
            }
            tables.split(page);
            level = table().leafLevel(page);
        }
        return level;
    }

    /// Sets the rights in the leaf entry at `level` that maps `page`. Returns whether it had some
    /// that it has no more.
    private boolean setRights(long page, int level, int allowed) {
        long entry = table().entry(page);
        int old = tables.entries().rights(entry);
        int rights = tables.entries().grantable(allowed);
        if (old != rights) {
            table().setEntry(page, level, tables.entries().with(entry, rights));
        }
        return (old & ~rights) != 0;
    }

    /// Maps the page of `size` at `page` to the block at `to` instead of that at `from`, with the
    /// rights that all claims allow.
    void replace(long page, PageSize size, long from, long to) {
        long entry = table().entry(page) ^ from ^ to;
        table().setEntry(page, size.level(), tables.entries().with(entry, granted(page, size)));
    }

    /// Grants every right on the page around `gpa`, whatever claims allow, for one access of the
    /// CPU that is served; [#closeAgain] takes them back before any other CPU runs. But a page that
    /// is shared is written by nobody.
    void open(long gpa) {
        int level = table().leafLevel(gpa);
        if (level != 0) {
            long first = gpa & ~PageSize.ofLevel(level).offsetMask();
            boolean _ = setRights(first, level, tables.shared().allowed(first));
        }
    }

    /// Ends [#open]. What the CPU that is served has cached of the page is forgotten.
    void closeAgain(long gpa, TranslatingCpu served) {
        int level = table().leafLevel(gpa);
        if (level != 0) {
            PageSize size = PageSize.ofLevel(level);
            long first = gpa & ~size.offsetMask();
            if (setRights(first, level, claims.allowed(first, size.bytes()))) {
                served.secondLevelChanged(first, size.bytes());
            }
        }
    }
}
