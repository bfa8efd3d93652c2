package org.nestwalk.kvm.measure;

import java.util.ArrayList;
import java.util.List;

/// The footprints to measure: each a constant factor larger than the one before.
public final class Footprints {
    /// The smallest.
    public static final long LEAST = 32L << 10;

    private Footprints() {}

    /// From [#LEAST] to `most` bytes.
    ///
    /// @param perOctave how many before they have doubled, at least 1
    public static List<Long> upTo(long most, int perOctave) {
        List<Long> footprints = new ArrayList<>();
        for (int i = 0; ; i++) {
            double factor = Math.pow(2, i % perOctave / (double) perOctave);
            long bytes = Math.round((LEAST << i / perOctave) * factor) & -4096;
            if (bytes > most) {
                return footprints;
            }
            footprints.add(bytes);
        }
    }
}
