package org.nestwalk.kvm.measure;

import java.util.Arrays;

/// The times of one point's bursts, and how its estimate has gone from round to round.
final class Samples {
    private double[] values = new double[64];
    private int count;
    private double[] estimates = new double[16];
    private double[] best = new double[16];
    private int rounds;
    private int roundStart;

    void add(double value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = value;
    }

    /// A round has ended: what is there now is an estimate.
    void endRound() {
        if (rounds == estimates.length) {
            estimates = Arrays.copyOf(estimates, 2 * rounds);
            best = Arrays.copyOf(best, 2 * rounds);
        }
        best[rounds] = quantile(Sampler.QUANTILE, roundStart, count);
        estimates[rounds++] = quantile(Sampler.QUANTILE);
        roundStart = count;
    }

    /// Whether no round has ended.
    boolean hasNoRound() {
        return rounds == 0;
    }

    /// The median of what the best quantile of each round was; a round has ended.
    double typical() {
        double[] sorted = Arrays.copyOf(best, rounds);
        Arrays.sort(sorted);
        return (sorted[(rounds - 1) / 2] + sorted[rounds / 2]) / 2;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /// The value that the part `q` of all is below, between neighbours in proportion.
    double quantile(double q) {
        return quantile(q, 0, count);
    }

    private double quantile(double q, int from, int until) {
        double[] sorted = Arrays.copyOfRange(values, from, until);
        Arrays.sort(sorted);
        double at = q * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /// Whether the estimates of the second half of the rounds are within [Sampler#STABLE].
    boolean isStable() {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (int i = rounds / 2; i < rounds; i++) {
            least = Math.min(least, estimates[i]);
            most = Math.max(most, estimates[i]);
        }
        return rounds > 1 && most - least <= Sampler.STABLE * most;
    }
}
