package org.nestwalk.kvm.measure;

import java.util.Arrays;

/// A value that was measured several times over.
///
/// @param value the median
/// @param least of all
/// @param most of all: of `n` values the median of what could be measured is between the two with a
///   probability of 1 - 2^(1-n), whatever their distribution
public record Estimate(double value, double least, double most) {
    /// Of some values, of which there is at least one.
    public static Estimate of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median =
                sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Estimate(median, sorted[0], sorted[sorted.length - 1]);
    }

    /// How far the least and the most are apart, for one of the value.
    public double spread() {
        return (most - least) / value;
    }
}
