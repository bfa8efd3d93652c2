package org.nestwalk.paging;

import org.nestwalk.bits.LinearAddress;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.PhysicalMemory;

/// A radix page table in memory, as a kernel or hypervisor builds it.
///
/// Mapping is software's work and leaves no trace in the account of the walker. Not thread-safe.
public final class PageTable {
    private final PhysicalMemory memory;
    private final TableFrames frames;
    private final TableFormat format;
    private final int levels;
    private final long root;
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

    /// The address of the root table, in the address space of the entries.
    public long root() {
        return root;
    }

    /// Number of levels: 4 or 5.
    public int levels() {
        return levels;
    }

    /// Number of 4-KiB tables, with the root.
    public long tables() {
        return tables;
    }

    /// Number of entries written so far, those that point to tables and those that map pages.
    public long entriesWritten() {
        return entriesWritten;
    }

    /// Maps the page of `size` at `address` to the page at `target`; both are aligned to it.
    ///
    /// @throws IllegalStateException if the address, or part of the page, is already mapped
    public void map(long address, long target, PageSize size) {
        long table = root;
        for (int level = levels; level > size.level(); level--) {
            long slot = slot(table, address, level);
            long entry = memory.read(slot);
            if (!format.isPresent(entry)) {
                entry = format.table(frames.allocate());
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
        write(slot, format.leaf(target, size.level()));
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

    private long slot(long table, long address, int level) {
        return frames.hostPhysical(table) + 8L * LinearAddress.index(address, level);
    }

    private void write(long slot, long entry) {
        memory.write(slot, entry);
        entriesWritten++;
    }

    private static IllegalStateException alreadyMapped(long address) {
        return new IllegalStateException(Long.toHexString(address) + " is already mapped");
    }
}
