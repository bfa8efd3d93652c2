package org.nestwalk.kvm.measure;

import org.nestwalk.bits.PageSize;

/// Loads whose time is found for one footprint after the other.
///
/// @param place where programs run
/// @param pages the size of the pages; in a guest of both dimensions
/// @param stride of the loads; see [LoadPattern]
public record Curve(Loads.Place place, PageSize pages, long stride) {
    /// One footprint of it.
    ///
    /// @param bytes of the pattern
    /// @param nanoseconds of a load
    /// @param spread how far the quartiles of its bursts are from each other, for a nanosecond of
    ///   their median: how noisy it was
    public record Point(long bytes, double nanoseconds, double spread) {}
}
