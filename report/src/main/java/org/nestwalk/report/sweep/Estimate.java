package org.nestwalk.report.sweep;

import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/// The mean of some values, and how well it is known.
///
/// @param mean of them
/// @param halfWidth half of the 95 % confidence interval of the mean, by Student's t; not a number
///   if there is one value only
/// @param count of values
record Estimate(double mean, double halfWidth, int count) {
    private static final double CONFIDENCE = 0.95;

    /// Of `values`, one or more.
    static Estimate of(List<Double> values) {
        int count = values.size();
        double mean = values.stream().mapToDouble(Double::doubleValue).sum() / count;
        if (count == 1) {
            return new Estimate(mean, Double.NaN, 1);
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        double error = Math.sqrt(squares / (count - 1) / count);
        double quantile =
                TDistribution.of(count - 1.0).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
        return new Estimate(mean, error * quantile, count);
    }

    /// Whether there is anything that differs.
    boolean hasWidth() {
        return halfWidth > 0;
    }
}
