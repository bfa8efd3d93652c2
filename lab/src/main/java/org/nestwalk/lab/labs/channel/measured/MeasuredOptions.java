package org.nestwalk.lab.labs.channel.measured;

import java.util.List;
import java.util.stream.LongStream;
import org.nestwalk.kvm.measure.Loads.Place;

/// What to time.
///
/// @param place natively, or in a guest
/// @param footprint bytes of the victim's memory, a multiple of 2 MiB
/// @param burst loads of the longest burst, 1 or more
/// @param seed which of both mappings comes first
public record MeasuredOptions(Place place, long footprint, int burst, long seed) {
    private static final long LOADS = 20_000_000;
    private static final int LEAST_MEASUREMENTS = 100;
    private static final int MOST_MEASUREMENTS = 1_000;

    /// The lengths of bursts, ascending: powers of ten below the longest, and that.
    public List<Integer> bursts() {
        return LongStream.concat(
                        LongStream.iterate(1, n -> n < burst, n -> 10 * n), LongStream.of(burst))
                .mapToObj(Math::toIntExact)
                .toList();
    }

    /// How many bursts of a length are timed of each mapping, for estimators to learn from, and
    /// again to judge them.
    int measurements(int length) {
        return Math.clamp(LOADS / 4 / length, LEAST_MEASUREMENTS, MOST_MEASUREMENTS);
    }
}
