package org.nestwalk.paging;

import org.nestwalk.bits.LinearAddress;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.PhysicalMemory;

/// A radix page table in memory, as a kernel or hypervisor builds and changes it. [LargePages]
/// splits and joins its pages, [PageTableScan] shows all that it holds.
///
/// Mapping is software's work and leaves no trace in the account of the walker. No TLB hears of a
/// change: flushing is the caller's work. Not thread-safe.
public final class PageTable {
    /// Entries of a table.
    static final int ENTRIES = 512;

    private final PhysicalMemory memory;
    private final TableFrames frames;
    private final TableFormat format;
    private final int levels;
    private long root;
    private long tables = 1;
    private long entriesWritten;

    /// An empty table with `levels` (4 or 5) levels, whose root is allocated now.
    public PageTable(PhysicalMemory memory, TableFrames frames, TableFormat format, int levels) {
        if (levels != 4 && levels != 5) {
            throw new IllegalArgumentException("tables have 4 or 5 levels, not " + levels);
        }
        this.memory = memory;
        this.frames = frames;
        this.format = format;
        this.levels = levels;
        this.root = frames.allocate();
    }

    private PageTable(
            PhysicalMemory memory, TableFrames frames, TableFormat format, int levels, long root) {
        this.memory = memory;
        this.frames = frames;
        this.format = format;
        this.levels = levels;
        this.root = root;
    }

    /// A table that is in memory already, from `root` down; none of its entries counts as written.
    ///
    /// @param tables how many 4-KiB tables it has, with the root
    public static PageTable existing(
            PhysicalMemory memory,
            TableFrames frames,
            TableFormat format,
            int levels,
            long root,
            long tables) {
        PageTable table = new PageTable(memory, frames, format, levels, root);
        table.tables = tables;
        return table;
    }

    /// The address of the root table, in the address space of the entries.
    public long root() {
        return root;
    }

    /// Sets the address of the root, which was moved with all tables below.
    void moveRoot(long other) {
        root = other;
    }

    /// Number of levels: 4 or 5.
    public int levels() {
        return levels;
    }

    /// How entries are written.
    public TableFormat format() {
        return format;
    }

    /// Number of 4-KiB tables, with the root.
    public long tables() {
        return tables;
    }

    /// Number of entries written so far, those that point to tables and those that map pages,
    /// clearing included; that a table given back is zeroed does not count.
    public long entriesWritten() {
        return entriesWritten;
    }

    /// Maps the page of `size` at `address` to the page at `target`; both are aligned to it. All
    /// flags are left to the processor.
    ///
    /// @throws IllegalStateException if the address, or part of the page, is already mapped
    public void map(long address, long target, PageSize size) {
        map(address, target, size, 0, 0);
    }

    /// Maps a page as [#map(long,long,PageSize)] does, but with the flags of software that sets
    /// them itself: `flags`, [TableFormat#accessed], [TableFormat#dirty], both or none, in the leaf
    /// entry; and entries that point to new tables are used from the start.
    ///
    /// @throws IllegalStateException if the address, or part of the page, is already mapped
    public void map(long address, long target, PageSize size, long flags) {
        map(address, target, size, flags, format.tableFlags());
    }

    private void map(long address, long target, PageSize size, long flags, long tableFlags) {
        long table = root;
        for (int level = levels; level > size.level(); level--) {
            long slot = slot(table, address, level);
            long entry = memory.read(slot);
            if (!format.isPresent(entry)) {
                entry = format.table(frames.allocate()) | tableFlags;
                tables++;
                write(slot, entry);
            } else if (PagingEntry.isLeaf(entry, level)) {
                throw alreadyMapped(address);
            }
            table = PagingEntry.table(entry);
        }
        long slot = slot(table, address, size.level());
        if (format.isPresent(memory.read(slot))) {
            throw alreadyMapped(address);
        }
        write(slot, format.leaf(target, size.level()) | flags);
    }

    /// Whether nothing in the aligned range of `size` around `address` is mapped, nor has tables of
    /// its own, so that a page of that size can be.
    public boolean isFree(long address, PageSize size) {
        long table = root;
        for (int level = levels; level >= size.level(); level--) {
            long entry = memory.read(slot(table, address, level));
            if (!format.isPresent(entry)) {
                return true;
            }
            if (PagingEntry.isLeaf(entry, level)) {
                return false;
            }
            table = PagingEntry.table(entry);
        }
        return false;
    }

    /// The address to which `address` is mapped, or -1.
    public long lookup(long address) {
        long found = find(address);
        if (found == 0) {
            return -1;
        }
        long offset = address & ((1L << PageSize.shiftOfLevel((int) found & 3)) - 1);
        return (found & PagingEntry.ADDRESS) | offset;
    }

    /// The level of the leaf entry that maps `address`, 1 to 3, or 0 if there is none.
    public int leafLevel(long address) {
        return (int) find(address) & 3;
    }

    /// The entry at which the walk for `address` ends: the leaf entry that maps it, or one that is
    /// not present, which is 0 unless [#setEntry] wrote something else.
    public long entry(long address) {
        long table = root;
        for (int level = levels; ; level--) {
            long entry = memory.read(slot(table, address, level));
            if (!format.isTable(entry, level)) {
                return entry;
            }
            table = PagingEntry.table(entry);
        }
    }

    /// The entry for `address` in the table at `level`, 1 to [#levels]; 0 if there is no such
    /// table.
    public long entryAt(long address, int level) {
        long table = root;
        for (int above = levels; above > level; above--) {
            long entry = memory.read(slot(table, address, above));
            if (!format.isTable(entry, above)) {
                return 0;
            }
            table = PagingEntry.table(entry);
        }
        return memory.read(slot(table, address, level));
    }

    /// The first address after the range that the entry covers at which the walk for `address`
    /// ends: after the page that maps it, or after the largest range around it without a table.
    public long after(long address) {
        long table = root;
        int level = levels;
        for (; level > 1; level--) {
            long entry = memory.read(slot(table, address, level));
            if (!format.isTable(entry, level)) {
                break;
            }
            table = PagingEntry.table(entry);
        }
        long covered = 1L << PageSize.shiftOfLevel(level);
        return (address & -covered) + covered;
    }

    /// Replaces the entry for `address` in the table at `level`, 1 to [#levels], by `entry`.
    ///
    /// A leaf or not-present entry may become any of these two, such as one that is not present and
    /// holds something for software. An entry that points to a table must go on pointing to that
    /// table; its other bits may change. No table is given back, not even one in which only zeros
    /// are left: that is [#unmap].
    ///
    /// @throws IllegalStateException if there is no table at `level` for `address`
    /// @throws IllegalArgumentException if a table would be lost, or one pointed to that is not
    ///   part of this page table
    public void setEntry(long address, int level, long entry) {
        if (level < 1 || level > levels) {
            throw new IllegalArgumentException("no level " + level + " in " + levels);
        }
        long slot = slotAt(address, level);
        long old = memory.read(slot);
        boolean wasTable = format.isTable(old, level);
        if (wasTable != format.isTable(entry, level)
                || (wasTable && PagingEntry.table(old) != PagingEntry.table(entry))) {
            throw new IllegalArgumentException(
                    "entry "
                            + Long.toHexString(old)
                            + " at level "
                            + level
                            + " cannot become "
                            + Long.toHexString(entry)
                            + ": tables come and go by mapping and unmapping");
        }
        write(slot, entry);
    }

    /// Clears `clearBits` in the leaf entry that maps `address`, then sets `setBits` in it. Returns
    /// what it was; 0, and nothing is done, if there is none.
    ///
    /// @throws IllegalArgumentException if the entry would no longer be a leaf or not present
    public long protect(long address, long clearBits, long setBits) {
        int level = leafLevel(address);
        if (level == 0) {
            return 0;
        }
        long old = entry(address);
        setEntry(address, level, old & ~clearBits | setBits);
        return old;
    }

    /// Clears the leaf entry that maps `address`, whatever the size of its page, or the entry that
    /// is not present there. Tables in which that leaves only zeros are given back at once, from
    /// the lowest up, but for the root. Returns what the entry was: 0, and nothing is done, if
    /// nothing was mapped.
    ///
    /// Whether a table is empty is found by reading it; nothing is counted as pages are mapped.
    ///
    /// @throws UnsupportedOperationException if a table is empty and [TableFrames#free] takes none
    ///   back; the page is unmapped, and the table is no longer part of this page table
    public long unmap(long address) {
        return unmap(root, address, levels);
    }

    private long unmap(long table, long address, int level) {
        long slot = slot(table, address, level);
        long entry = memory.read(slot);
        if (!format.isTable(entry, level)) {
            if (entry != 0) {
                write(slot, 0);
            }
            return entry;
        }
        long below = PagingEntry.table(entry);
        long removed = unmap(below, address, level - 1);
        if (removed != 0 && memory.read(slot(below, address, level - 1)) == 0 && isEmpty(below)) {
            write(slot, 0);
            giveBack(below);
        }
        return removed;
    }

    /// Unmaps everything and gives back all tables but the root.
    ///
    /// @throws UnsupportedOperationException if [TableFrames#free] takes none back; part of the
    ///   tables is then gone
    public void clear() {
        clear(root, levels);
    }

    /// Unmaps everything and gives back all tables. This page table must not be used any more.
    ///
    /// @throws UnsupportedOperationException if [TableFrames#free] takes none back; part of the
    ///   tables is then gone
    public void release() {
        clear();
        giveBack(root);
    }

    private void clear(long table, int level) {
        long page = frames.hostPhysical(table);
        for (int index = 0; index < ENTRIES; index++) {
            long slot = page + 8L * index;
            long entry = memory.read(slot);
            if (entry == 0) {
                continue;
            }
            write(slot, 0);
            if (format.isTable(entry, level)) {
                long below = PagingEntry.table(entry);
                clear(below, level - 1);
                giveBack(below);
            }
        }
    }

    /// The page that `address` is in, with the level of its entry in the low bits, or 0.
    private long find(long address) {
        long table = root;
        for (int level = levels; ; level--) {
            long entry = memory.read(slot(table, address, level));
            if (!format.isPresent(entry)) {
                return 0;
            }
            if (PagingEntry.isLeaf(entry, level)) {
                return PagingEntry.page(entry, level) | level;
            }
            table = PagingEntry.table(entry);
        }
    }

    /// A fresh table, to which nothing points yet.
    long newTable() {
        long table = frames.allocate();
        tables++;
        return table;
    }

    /// Takes the table at `table`, to which nothing points any more, out of the count, and gives it
    /// back zeroed.
    void giveBack(long table) {
        long page = frames.hostPhysical(table);
        for (int index = 0; index < ENTRIES; index++) {
            if (memory.read(page + 8L * index) != 0) {
                memory.write(page + 8L * index, 0);
            }
        }
        tables--;
        frames.free(table);
    }

    /// The host-physical address of the entry for `address` in the table at `level`.
    ///
    /// @throws IllegalStateException if there is no such table
    public long slotAt(long address, int level) {
        long table = root;
        for (int above = levels; above > level; above--) {
            long entry = memory.read(slot(table, address, above));
            if (!format.isTable(entry, above)) {
                throw new IllegalStateException(
                        Long.toHexString(address) + " has no table at level " + level);
            }
            table = PagingEntry.table(entry);
        }
        return slot(table, address, level);
    }

    /// The host-physical address of entry `index` of the table at `table`.
    long slotOf(long table, int index) {
        return frames.hostPhysical(table) + 8L * index;
    }

    long read(long slot) {
        return memory.read(slot);
    }

    void write(long slot, long entry) {
        memory.write(slot, entry);
        entriesWritten++;
    }

    private boolean isEmpty(long table) {
        long page = frames.hostPhysical(table);
        for (int index = 0; index < ENTRIES; index++) {
            if (memory.read(page + 8L * index) != 0) {
                return false;
            }
        }
        return true;
    }

    private long slot(long table, long address, int level) {
        return frames.hostPhysical(table) + 8L * LinearAddress.index(address, level);
    }

    private static IllegalStateException alreadyMapped(long address) {
        return new IllegalStateException(Long.toHexString(address) + " is already mapped");
    }
}
