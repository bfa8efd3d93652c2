package org.nestwalk.lab.labs.channel.estimate;

import java.util.Arrays;

/// The value that a share of samples is below.
public final class Quantile {
    private Quantile() {}

    /// The sample at `share`, at least 0 and below 1, of all in ascending order; 0.5 is the median.
    public static double of(double[] samples, double share) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return sorted[(int) (share * sorted.length)];
    }
}
