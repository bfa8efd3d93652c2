package org.nestwalk.lab.calibrate;

import java.util.List;
import org.nestwalk.kvm.measure.Footprints;
import org.nestwalk.kvm.measure.Sampler;

/// What to measure.
///
/// @param mostBytes the largest footprint, a multiple of 2 MiB
/// @param perOctave footprints before they have doubled
/// @param guest whether to measure in a guest, too
/// @param limits of the rounds
public record CalibrationOptions(
        long mostBytes, int perOctave, boolean guest, Sampler.Limits limits) {
    /// The largest footprint unless told otherwise.
    public static final long MOST_BYTES = 4L << 30;

    /// Memory of small pages and memory of large pages, and no more than half of what is there.
    private static final int PART_OF_AVAILABLE = 4;

    private static final long GRAIN = 2L << 20;

    /// The largest footprint that a host has room for: half of its available memory is for both
    /// page sizes together.
    ///
    /// @param available bytes
    public static long roomFor(long available) {
        return available / PART_OF_AVAILABLE & -GRAIN;
    }

    /// The footprints.
    public List<Long> footprints() {
        return Footprints.upTo(mostBytes, perOctave);
    }
}
