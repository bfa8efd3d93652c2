package org.nestwalk.lab.channel.estimate;

import java.util.Arrays;

/// Tells two classes apart by their average: above a threshold midway between the classes' means is
/// the class with the larger one. For normal noise of equal deviation nothing does better.
///
/// @param value the threshold
/// @param largerIsOne whether class 1 has the larger mean
public record Threshold(double value, boolean largerIsOne) {
    /// From examples of both classes.
    public static Threshold of(double[] zero, double[] one) {
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
