package org.nestwalk.lab.snapshot;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.fork.Spread;

/// The page faults that remain after a restore: how long accesses waited for a page to be loaded,
/// and when.
///
/// @param waits nanoseconds from leaving the guest to entering it again, waiting for storage
///   included; left out if no access waited
/// @param intervals equal parts of the time from the restore to the end, in order
public record FaultTail(@Nullable Spread waits, List<Interval> intervals) {
    /// No access waited.
    public static final FaultTail NONE = new FaultTail(null, List.of());

    /// Copies the list.
    public FaultTail {
        intervals = List.copyOf(intervals);
    }

    /// A part of the time.
    ///
    /// @param endNanos nanoseconds from the restore to its end
    /// @param faults accesses that waited in it
    /// @param mostNanos the longest that one did; 0 if none did
    public record Interval(long endNanos, long faults, long mostNanos) {}

    /// How many accesses waited.
    public long faults() {
        return waits == null ? 0 : waits.count();
    }

    /// The end of the interval in which the last access waited; 0 if none did.
    public long lastNanos() {
        return intervals.stream()
                .filter(interval -> interval.faults() > 0)
                .mapToLong(Interval::endNanos)
                .max()
                .orElse(0);
    }
}
