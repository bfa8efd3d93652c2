package org.nestwalk.report.host;

import java.util.List;
import java.util.Locale;
import org.nestwalk.kvm.measure.Estimate;
import org.nestwalk.lab.calibrate.Overlap;

/// How much a host has under way at once, as JSON.
///
/// @param misses loads from memory
/// @param window accesses of 32 instructions each
/// @param walkers walks
/// @param issueCycles of an access of 32 instructions that waits for nothing
/// @param loads dependent ones, and independent ones beside them
public record OverlapReport(
        Estimate misses,
        Estimate window,
        Estimate walkers,
        Estimate issueCycles,
        List<RowReport> loads) {
    /// Copies the list.
    public OverlapReport {
        loads = List.copyOf(loads);
    }

    /// Loads in one place.
    ///
    /// @param place `native` or `guest`
    /// @param pages size of the pages
    /// @param bytes of the range
    /// @param dependent nanoseconds of a load
    /// @param independent nanoseconds of a load
    /// @param ratio of the two
    public record RowReport(
            String place,
            String pages,
            long bytes,
            Estimate dependent,
            Estimate independent,
            Estimate ratio) {}

    static OverlapReport of(Overlap overlap) {
        return new OverlapReport(
                overlap.misses(),
                overlap.window(),
                overlap.walkers(),
                overlap.issueCycles(),
                overlap.rows().stream()
                        .map(row ->
                                new RowReport(
                                        row.place().name().toLowerCase(Locale.ROOT),
                                        row.pages().label(),
                                        row.bytes(),
                                        row.dependent(),
                                        row.independent(),
                                        row.ratio()))
                        .toList());
    }
}
