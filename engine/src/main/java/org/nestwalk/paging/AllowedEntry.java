package org.nestwalk.paging;

import org.nestwalk.bits.LinearAddress;
import org.nestwalk.bits.PagingEntry;

/// What all entries on the way to a page allow together.
public final class AllowedEntry {
    private AllowedEntry() {}

    /// The entry at which the walk of `table` for `address` ends, as [PageTable#entry], without the
    /// rights that entries above it do not give: what a translation of `address` is allowed.
    public static long of(PageTable table, long address) {
        TableFormat format = table.format();
        long here = table.root();
        long given = -1;
        long denied = 0;
        for (int level = table.levels(); ; level--) {
            long entry = table.read(table.slotOf(here, LinearAddress.index(address, level)));
            if (!format.isTable(entry, level)) {
                return format.restrictedBy(entry, given, denied);
            }
            given &= entry;
            denied |= entry;
            here = PagingEntry.table(entry);
        }
    }
}
