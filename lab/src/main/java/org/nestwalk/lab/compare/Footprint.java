package org.nestwalk.lab.compare;

import java.util.List;
import org.nestwalk.memory.Longs;

/// Where the accesses of a workload went as time passed, and which of them one setup's TLBs missed.
///
/// @param accesses that were counted
/// @param width accesses of a column of time; the last may have fewer
/// @param rows ranges of linear addresses, ascending
public record Footprint(long accesses, long width, List<Row> rows) {
    /// Copies the list.
    public Footprint {
        rows = List.copyOf(rows);
    }

    /// A range of linear addresses.
    ///
    /// @param start its first address
    /// @param end the first address after it
    /// @param touched bytes of the pages in it that were touched, as large as the map has them
    /// @param accesses to it in each column
    /// @param walks for them, after misses of all TLBs
    /// @param splintered of the walks, those that put less into the TLB than the guest's page
    public record Row(
            long start, long end, long touched, Longs accesses, Longs walks, Longs splintered) {}
}
