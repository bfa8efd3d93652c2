package org.nestwalk.paging;

import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;

/// Goes through all of a [PageTable], as software that ages, migrates or counts pages does.
///
/// Addresses ascend and are those of the table's own range, from 0 to 2^48 or 2^57: they are not
/// sign-extended. Nothing is allocated per entry. A visitor may change the entry it is shown
/// ([PageTable#setEntry], [PageTable#protect]), but not map, unmap, split or collapse.
public final class PageTableScan {
    private PageTableScan() {}

    /// Receives the leaf entries of a table.
    @FunctionalInterface
    public interface LeafVisitor {
        /// A present leaf entry.
        ///
        /// @param address the lowest address that it maps
        /// @param level 1, 2 or 3: for 4 KiB, 2 MiB or 1 GiB
        /// @param entry the entry
        void leaf(long address, int level, long entry);
    }

    /// Receives each table.
    @FunctionalInterface
    public interface TableVisitor {
        /// A table.
        ///
        /// @param table its address, in the address space of the entries
        /// @param level 1 to [PageTable#levels]
        /// @param address the lowest address that goes through it
        void table(long table, int level, long address);
    }

    /// Shows `visitor` every present leaf entry.
    public static void forEachLeaf(PageTable table, LeafVisitor visitor) {
        leaves(table, table.root(), table.levels(), 0, visitor);
    }

    /// Shows `visitor` every table, the root first and each before those it points to.
    public static void forEachTable(PageTable table, TableVisitor visitor) {
        tables(table, table.root(), table.levels(), 0, visitor);
    }

    private static void leaves(
            PageTable owner, long table, int level, long base, LeafVisitor visitor) {
        int shift = PageSize.shiftOfLevel(level);
        long first = owner.slotOf(table, 0);
        for (int index = 0; index < PageTable.ENTRIES; index++) {
            long entry = owner.read(first + 8L * index);
            if (!owner.format().isPresent(entry)) {
                continue;
            }
            long address = base | (long) index << shift;
            if (PagingEntry.isLeaf(entry, level)) {
                visitor.leaf(address, level, entry);
            } else {
                leaves(owner, PagingEntry.table(entry), level - 1, address, visitor);
            }
        }
    }

    private static void tables(
            PageTable owner, long table, int level, long base, TableVisitor visitor) {
        visitor.table(table, level, base);
        if (level == 1) {
            return;
        }
        int shift = PageSize.shiftOfLevel(level);
        long first = owner.slotOf(table, 0);
        for (int index = 0; index < PageTable.ENTRIES; index++) {
            long entry = owner.read(first + 8L * index);
            if (owner.format().isTable(entry, level)) {
                long address = base | (long) index << shift;
                tables(owner, PagingEntry.table(entry), level - 1, address, visitor);
            }
        }
    }
}
