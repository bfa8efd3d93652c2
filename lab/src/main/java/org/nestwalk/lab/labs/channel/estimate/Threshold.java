package org.nestwalk.lab.labs.channel.estimate;

import java.util.Arrays;

/// Tells two classes apart by a threshold between them. For normal noise of equal deviation nothing
/// does better.
///
/// @param value the threshold
/// @param largerIsOne whether what is above it is of class 1
public record Threshold(double value, boolean largerIsOne) {
    /// For single samples, from examples of both classes: midway between their medians, and above
    /// it is the class that is larger in most pairs of examples. Rare samples that are far off,
    /// such as those during which a host did something else, turn neither round (Huber, "Robust
    /// Statistics", Wiley, 1981, section 1.3).
    public static Threshold betweenMedians(double[] zero, double[] one) {
        double middle = (Quantile.of(zero, 0.5) + Quantile.of(one, 0.5)) / 2;
        return new Threshold(middle, Roc.of(zero, one).area() >= 0.5);
    }

    /// For averages of many samples, from examples of both classes: midway between their means, and
    /// above it is the class with the larger one.
    public static Threshold betweenMeans(double[] zero, double[] one) {
        double low = Sensitivity.mean(zero);
        double high = Sensitivity.mean(one);
        return new Threshold((low + high) / 2, high >= low);
    }

    /// Whether an average is of class 1.
    public boolean isOne(double average) {
        return average > value == largerIsOne;
    }

    /// Share of single samples that are told wrongly, both classes weighing the same.
    public double error(double[] zero, double[] one) {
        long wrong0 = Arrays.stream(zero).filter(this::isOne).count();
        long right1 = Arrays.stream(one).filter(this::isOne).count();
        return ((double) wrong0 / zero.length + 1 - (double) right1 / one.length) / 2;
    }
}
