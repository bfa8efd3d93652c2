package org.nestwalk.lab.calibrate;

import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.Estimate;
import org.nestwalk.kvm.measure.Loads.Place;

/// How much of its accesses a host has under way at once, found from how much less time independent
/// loads take than dependent ones (`designs/046`).
///
/// @param misses loads from memory that are under way: what the line-fill buffers have room for
/// @param window the same if each comes with as many instructions as the model of overlap assumes:
///   what the reorder buffer has room for
/// @param walkers walks that are under way
/// @param issueCycles what an access takes in that loop if nothing has to be waited for
/// @param rows what was measured of loads
public record Overlap(
        Estimate misses, Estimate window, Estimate walkers, Estimate issueCycles, List<Row> rows) {
    /// The fewest walkers under way by which walks are told from none: below, dependent loads take
    /// hardly longer where they need walks.
    private static final double TELLING = 0.5;

    /// Copies the list.
    public Overlap {
        rows = List.copyOf(rows);
    }

    /// Whether the loads tell walkers at all: they do not if walks cost them nothing, as where all
    /// memory is small.
    public boolean tellsWalkers() {
        return walkers.value() >= TELLING;
    }

    /// Dependent loads from random lines, and independent ones beside them.
    ///
    /// @param place natively, or in a guest
    /// @param pages their size, in a guest in both dimensions
    /// @param bytes of the range
    /// @param dependent nanoseconds of a load
    /// @param independent nanoseconds of a load
    /// @param ratio how many times as long dependent ones take
    public record Row(
            Place place,
            PageSize pages,
            long bytes,
            Estimate dependent,
            Estimate independent,
            Estimate ratio) {}
}
