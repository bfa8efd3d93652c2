package org.nestwalk.lab.labs.channel.estimate;

import org.nestwalk.random.Xoshiro256;

/// Normally distributed numbers, and the normal distribution's tail.
///
/// Source: Marsaglia and Bray, "A convenient method for generating normal variables", SIAM Review
/// 6(3), 1964 (polar method). The same on every processor.
public final class Gaussian {
    private static final int TERMS = 200;
    private static final double SERIES_BELOW = 3;

    private final Xoshiro256 random;
    private double spare;
    private boolean hasSpare;

    /// From a generator, of whose numbers it takes as many as it needs.
    public Gaussian(Xoshiro256 random) {
        this.random = random;
    }

    /// A number from the distribution with mean 0 and deviation 1.
    public double next() {
        if (hasSpare) {
            hasSpare = false;
            return spare;
        }
        double x;
        double y;
        double square;
        do {
            x = 2 * random.nextFraction() - 1;
            y = 2 * random.nextFraction() - 1;
            square = x * x + y * y;
        } while (square >= 1 || square == 0);
        double factor = Math.sqrt(-2 * StrictMath.log(square) / square);
        spare = y * factor;
        hasSpare = true;
        return x * factor;
    }

    /// Q: the probability that such a number is above `x`.
    public static double tail(double x) {
        if (x < 0) {
            return 1 - tail(-x);
        }
        double density = StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
        if (x < SERIES_BELOW) {
            double term = x;
            double sum = x;
            for (int i = 1; i < TERMS; i++) {
                term *= x * x / (2 * i + 1);
                sum += term;
            }
            return 0.5 - density * sum;
        }
        double fraction = x;
        for (int i = TERMS; i > 0; i--) {
            fraction = x + i / fraction;
        }
        return density / fraction;
    }

    /// The x for which [#tail] is `probability`, above 0 and below 1.
    public static double tailInverse(double probability) {
        double low = -40;
        double high = 40;
        for (int i = 0; i < TERMS; i++) {
            double middle = (low + high) / 2;
            if (tail(middle) > probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}
