package org.nestwalk.lab.labs.channel.estimate;

/// Measurements of two classes, as many of each.
public final class Classes {
    private final double[] zero;
    private final double[] one;

    /// Takes both arrays over.
    public Classes(double[] zero, double[] one) {
        if (zero.length != one.length) {
            throw new IllegalArgumentException(zero.length + " and " + one.length);
        }
        this.zero = zero;
        this.one = one;
    }

    /// Of class 0, in the order in which they were made.
    public double[] zero() {
        return zero;
    }

    /// Of class 1, likewise.
    public double[] one() {
        return one;
    }
}
