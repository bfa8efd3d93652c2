package org.nestwalk.lab.fork;

import org.HdrHistogram.Histogram;

/// How values are spread.
///
/// @param count how many there are
/// @param median half of them are at most this
/// @param p90 90 % are
/// @param p99 99 % are
/// @param most the greatest
public record Spread(long count, long median, long p90, long p99, long most) {
    /// The spread of `values`.
    public static Spread of(Histogram values) {
        return new Spread(
                values.getTotalCount(),
                values.getValueAtPercentile(50),
                values.getValueAtPercentile(90),
                values.getValueAtPercentile(99),
                values.getMaxValue());
    }
}
