package org.nestwalk.lab.labs.channel.estimate;

import java.util.Arrays;

/// How far apart two classes of numbers lie: d', the difference of their means over their common
/// deviation.
///
/// Source: Green and Swets, "Signal Detection Theory and Psychophysics", Wiley, 1966.
///
/// @param difference of the means, class 1 less class 0
/// @param deviation square root of the mean of both variances
public record Sensitivity(double difference, double deviation) {
    private static final double CHANCE = 3;

    /// Of two classes with at least two numbers each.
    public static Sensitivity of(double[] zero, double[] one) {
        return new Sensitivity(
                mean(one) - mean(zero), Math.sqrt((variance(zero) + variance(one)) / 2));
    }

    /// d', not negative; infinite for classes that differ without deviation, 0 for equal ones.
    public double index() {
        return difference == 0 ? 0 : Math.abs(difference) / deviation;
    }

    /// Whether the means of classes of `count` samples differ beyond chance: by more than three
    /// deviations of their difference.
    public boolean isCertain(int count) {
        return Math.abs(difference) > CHANCE * deviation * Math.sqrt(2.0 / count);
    }

    /// Samples to average for an error of `error` with a threshold midway between the means: (2 z
    /// deviation / difference)^2, rounded up to whole ones; infinite if there is no difference.
    public double samplesFor(double error) {
        double root = 2 * Gaussian.tailInverse(error) / index();
        return Math.max(1, Math.ceil(root * root));
    }

    /// The mean.
    public static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    /// The unbiased variance.
    public static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
    }
}
