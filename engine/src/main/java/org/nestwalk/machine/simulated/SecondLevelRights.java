package org.nestwalk.machine.simulated;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.exit.RightsClaims;
import org.nestwalk.machine.simulated.shootdown.TranslatingCpu;
import org.nestwalk.memory.PageSet;
import org.nestwalk.paging.AllowedEntry;
import org.nestwalk.paging.PageTable;

/// The rights in the entries of one virtual machine's second level: those that all claims allow,
/// but while a page is open for a single access.
///
/// The right to write is withheld from many pages at once by entries that point to tables, as high
/// up as all pages below are withheld, so that write protecting a large memory takes no longer than
/// a small one. Leaf entries below may say otherwise meanwhile. Before one of the pages may be
/// written, the entries on the way to it say yes, and those beside the way say no in their place.
final class SecondLevelRights {
    private static final int ENTRIES = 512;
    private static final long SMALL = PageSize.SIZE_4K.bytes();

    private final VmContext vm;
    private final SecondLevelTables tables;
    private final RightsClaims claims;
    private final WritesLetThrough through;

    /// @param claims what parts of the hypervisor withhold from the guest
    SecondLevelRights(VmContext vm, SecondLevelTables tables, RightsClaims claims) {
        this.vm = vm;
        this.tables = tables;
        this.claims = claims;
        this.through = new WritesLetThrough(vm, tables.table(), claims);
    }

    /// Writes that are let through where writing is withheld.
    WritesLetThrough through() {
        return through;
    }

    private PageTable table() {
        return tables.table();
    }

    /// Whether claims allow different things on parts of the page at `page`.
    boolean differ(long page, PageSize size) {
        return claims.allowed(page, size.bytes()) == RightsClaims.MIXED
                || (size != PageSize.SIZE_4K && claims.letThrough(page, size.bytes()));
    }

    /// What a page at `page`, on which claims do not [differ][#differ], is mapped with.
    int granted(long page, PageSize size) {
        return tables.entries().grantable(claims.allowed(page, size.bytes()));
    }

    /// The page at `page` was backed, with all rights.
    void backed(long page, PageSize size) {
        boolean _ = setRights(page, size.level(), claims.allowed(page, size.bytes()));
    }

    /// The rights that a translation of `gpa` has; 0 if nothing backs it.
    int effective(long gpa) {
        return tables.entries().rights(AllowedEntry.of(table(), gpa));
    }

    /// Gives the backed pages of a range the rights that all claims allow on them.
    ///
    /// @param which rights may not be as they should; no others are looked at
    void changed(long gpa, long bytes, int which) {
        vm.interruptTransactions();
        boolean stale =
                which == SecondLevelMap.WRITE && claims.withhold(which, gpa, bytes)
                        ? withholdWriting(gpa, bytes)
                        : setEach(gpa, bytes);
        LongAdder less = new LongAdder();
        claims.through(gpa, bytes).forEach(page -> less.add(setEach(page, SMALL) ? 1 : 0));
        vm.charge(Cost.BACKING, vm.costs().mapping());
        if (stale || less.sum() != 0) {
            vm.flush(gpa, bytes);
        }
    }

    /// As [#changed(long, long, int)], of several ranges, with one flush for all of them.
    void changed(PageSet pages) {
        vm.interruptTransactions();
        LongAdder stale = new LongAdder();
        pages.forEachRange((gpa, bytes) -> stale.add(setEach(gpa, bytes) ? 1 : 0));
        vm.charge(Cost.BACKING, vm.costs().mapping());
        if (stale.sum() != 0) {
            vm.flush(0, vm.settings().memoryBytes());
        }
    }

    private boolean setEach(long gpa, long bytes) {
        boolean stale = false;
        for (long page = gpa; page < gpa + bytes; page = table().after(page)) {
            int level = uniformLevel(page);
            if (level != 0) {
                PageSize size = PageSize.ofLevel(level);
                long first = page & ~size.offsetMask();
                stale |= setRights(first, level, claims.allowed(first, size.bytes()));
            }
        }
        return stale;
    }

    /// Takes the right to write from all pages of a range. Returns whether one had it.
    private boolean withholdWriting(long gpa, long bytes) {
        // Beyond the memory there is nothing that an entry could give access to.
        long end = gpa + bytes == vm.settings().memoryBytes() ? Long.MAX_VALUE : gpa + bytes;
        boolean stale = false;
        for (long page = gpa; page < gpa + bytes; ) {
            int level = highest(page, end);
            long entry = table().entryAt(page, level);
            if (table().format().isTable(entry, level)) {
                if (tables.entries().leavesWriting(entry)) {
                    table().setEntry(page, level, tables.entries().withWriting(entry, false));
                    stale = true;
                }
                page += bytesAt(level);
            } else {
                stale |= setEach(page, SMALL);
                page = table().after(page);
            }
        }
        return stale;
    }

    /// The highest level of which an entry is about `page` and what follows, but nothing before it
    /// and nothing from `end` on; 1 at least.
    private int highest(long page, long end) {
        int level = table().levels();
        while (level > 1 && ((page & bytesAt(level) - 1) != 0 || page > end - bytesAt(level))) {
            level--;
        }
        return level;
    }

    private static long bytesAt(int level) {
        return 1L << PageSize.shiftOfLevel(level);
    }

    /// Has the entries above `level` on the way to `page` leave the right to write, and those of
    /// the tables on the way take it in their place.
    void bringDown(long page, int level) {
        for (int above = table().levels(); above > level; above--) {
            long entry = table().entryAt(page, above);
            if (!table().format().isTable(entry, above)) {
                return;
            }
            if (!tables.entries().leavesWriting(entry)) {
                table().setEntry(page, above, tables.entries().withWriting(entry, true));
                withholdInTable(page & -bytesAt(above), above - 1);
                vm.charge(Cost.BACKING, vm.costs().mapping());
            }
        }
    }

    /// Takes the right to write from each entry of the table at `level` whose first is that for
    /// `first`.
    private void withholdInTable(long first, int level) {
        SecondLevelEntries entries = tables.entries();
        for (int i = 0; i < ENTRIES; i++) {
            long address = first + i * bytesAt(level);
            long entry = table().entryAt(address, level);
            if (table().format().isTable(entry, level)) {
                table().setEntry(address, level, entries.withWriting(entry, false));
            } else if ((entries.rights(entry) & SecondLevelMap.WRITE) != 0) {
                int left = entries.rights(entry) & ~SecondLevelMap.WRITE;
                table().setEntry(address, level, entries.with(entry, left));
            }
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

    /// Gives the page that the leaf entry at `level` maps at `page` the rights that `allowed`
    /// leaves. Returns whether it had some that it has no more.
    private boolean setRights(long page, int level, int allowed) {
        int old = effective(page);
        int rights = tables.entries().grantable(allowed);
        if (old != rights) {
            bringDownFor(rights, page, level);
            table().setEntry(page, level, tables.entries().with(table().entry(page), rights));
        }
        boolean less = through.set(page, level);
        return less || (old & ~rights) != 0;
    }

    private void bringDownFor(int rights, long page, int level) {
        if ((rights & SecondLevelMap.WRITE) != 0) {
            bringDown(page, level);
        }
    }

    /// Maps the page of `size` at `page` to the block at `to` instead of that at `from`, with the
    /// rights that all claims allow.
    void replace(long page, PageSize size, long from, long to) {
        int rights = granted(page, size);
        bringDownFor(rights, page, size.level());
        long entry = table().entry(page) ^ from ^ to;
        table().setEntry(page, size.level(), tables.entries().with(entry, rights));
        boolean _ = through.set(page, size.level());
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
    ///
    /// @param served null if the access was made beside its caches
    void closeAgain(long gpa, @Nullable TranslatingCpu served) {
        int level = table().leafLevel(gpa);
        if (level != 0) {
            PageSize size = PageSize.ofLevel(level);
            long first = gpa & ~size.offsetMask();
            boolean stale = setRights(first, level, claims.allowed(first, size.bytes()));
            if (stale && served != null) {
                served.secondLevelChanged(first, size.bytes());
            }
        }
    }
}
