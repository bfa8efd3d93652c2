package org.nestwalk.bench.ab;

import java.util.Arrays;

/// What is said of a list of measurements.
final class Samples {
    private Samples() {}

    /// The median; of an even number, the mean of the middle two.
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
