package org.nestwalk.lab.channel.measured;

import java.util.List;
import java.util.stream.LongStream;
import org.nestwalk.InputException;
import org.nestwalk.kvm.measure.Loads.Place;

/// What to time.
///
/// @param place natively, or in a guest
/// @param footprint bytes of the victim's memory, 4 MiB to 64 GiB, a multiple of 2 MiB
/// @param burst loads of the longest burst, 1 to 100,000
/// @param seed which of both mappings comes first
public record MeasuredOptions(Place place, long footprint, int burst, long seed) {
    private static final long LEAST_FOOTPRINT = 4L << 20;
    private static final long MOST_FOOTPRINT = 64L << 30;
    private static final long GRAIN = 2L << 20;
    private static final int MOST_BURST = 100_000;
    private static final long LOADS = 20_000_000;
    private static final int LEAST_MEASUREMENTS = 100;
    private static final int MOST_MEASUREMENTS = 1_000;

    /// Checks the bounds above.
    ///
    /// @throws InputException if one is violated
    public MeasuredOptions {
        if (footprint < LEAST_FOOTPRINT || footprint > MOST_FOOTPRINT || footprint % GRAIN != 0) {
            throw new InputException(
                    "footprint: %,d bytes is not a multiple of 2MiB from 4MiB to 64GiB"
                            .formatted(footprint));
        }
        if (burst < 1 || burst > MOST_BURST) {
            throw new InputException("burst: %,d is not 1 to %,d".formatted(burst, MOST_BURST));
        }
    }

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
