package org.nestwalk.paging;

import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;

/// Replaces a large page of a [PageTable] by the pages of the next smaller size that it consists
/// of, and the other way round: `split_huge_pmd` and khugepaged's `collapse_huge_page` in Linux,
/// the splitting and recovering of large pages in KVM.
///
/// Only the tables change: copying contents, and flushing TLBs, is the caller's work.
public final class LargePages {
    private LargePages() {}

    /// Splits the large page that maps `address`: 2 MiB into 512 pages of 4 KiB, or 1 GiB into 512
    /// of 2 MiB, in a new table. They map the same memory with the same rights, memory type, and
    /// accessed, dirty and other flags.
    ///
    /// @throws IllegalStateException if no large page maps `address`
    public static void split(PageTable table, long address) {
        TableFormat format = table.format();
        int level = table.leafLevel(address);
        if (level < 2) {
            throw new IllegalStateException(
                    Long.toHexString(address) + " is not mapped by a large page");
        }
        long slot = table.slotAt(address, level);
        long leaf = table.read(slot);
        long page = PagingEntry.page(leaf, level);
        long below = table.newTable();
        int shift = PageSize.shiftOfLevel(level - 1);
        for (int index = 0; index < PageTable.ENTRIES; index++) {
            long part = page + ((long) index << shift);
            table.write(table.slotOf(below, index), format.leafLike(leaf, level, part, level - 1));
        }
        table.write(slot, format.tableFor(leaf, below));
    }

    /// Replaces the pages around `address`, of the size next below `size`, by one page of `size` at
    /// `target`, to which the caller has copied their contents, and gives their table back.
    ///
    /// All of them must have the same rights, memory type and other flags, which the large page
    /// gets, less what the entry that points to their table takes away; it is accessed or dirty if
    /// one of them is. Some, but not all, may be missing: these parts are mapped afterwards, and
    /// the caller has cleared them (as khugepaged does up to `max_ptes_none`).
    ///
    /// @param size 2 MiB or 1 GiB
    /// @param target a multiple of `size`
    /// @throws IllegalArgumentException if `size` is 4 KiB or `target` not aligned
    /// @throws IllegalStateException if there is no table of such pages at `address`, none of them
    ///   is mapped, they differ, or one entry is not present but not 0 or points to a table;
    ///   nothing has changed then
    /// @throws UnsupportedOperationException if [TableFrames#free] takes no table back; the large
    ///   page is mapped
    public static void collapse(PageTable table, long address, long target, PageSize size) {
        if (size == PageSize.SIZE_4K || (target & size.offsetMask()) != 0) {
            throw new IllegalArgumentException(
                    "no " + size.label() + " page to collapse to at " + Long.toHexString(target));
        }
        TableFormat format = table.format();
        int level = size.level();
        long slot = table.slotAt(address, level);
        long pointer = table.read(slot);
        if (!format.isTable(pointer, level)) {
            throw cannot(address, "there is no table of smaller pages");
        }
        long below = PagingEntry.table(pointer);
        long leaf = commonLeaf(table, below, address, level, target);
        table.write(slot, format.restrictedBy(leaf, pointer));
        table.giveBack(below);
    }

    /// What all leaf entries of the table `below` become as one leaf entry at `level` for `target`.
    private static long commonLeaf(
            PageTable table, long below, long address, int level, long target) {
        TableFormat format = table.format();
        long flags = format.accessed() | format.dirty();
        long common = 0;
        for (int index = 0; index < PageTable.ENTRIES; index++) {
            long entry = table.read(table.slotOf(below, index));
            if (entry == 0) {
                continue;
            }
            if (!format.isPresent(entry) || format.isTable(entry, level - 1)) {
                throw cannot(address, "entry " + index + " is no page: " + hex(entry));
            }
            long leaf = format.leafLike(entry, level - 1, target, level);
            if (common == 0) {
                common = leaf;
            } else if (((common ^ leaf) & ~flags) != 0) {
                throw cannot(address, "entry " + index + " differs from others: " + hex(entry));
            }
            common |= leaf & flags;
        }
        if (common == 0) {
            throw cannot(address, "none of its pages is mapped");
        }
        return common;
    }

    private static IllegalStateException cannot(long address, String why) {
        return new IllegalStateException(
                "cannot collapse the pages around " + hex(address) + ": " + why);
    }

    private static String hex(long value) {
        return Long.toHexString(value);
    }
}
