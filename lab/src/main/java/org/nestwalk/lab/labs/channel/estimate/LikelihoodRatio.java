package org.nestwalk.lab.labs.channel.estimate;

import java.util.Arrays;

/// Tells two classes apart by how much likelier a sample is in one than in the other, whatever
/// their shapes: by how often each of a number of bins occurs in examples of both (Neyman and
/// Pearson, "On the problem of the most efficient tests of statistical hypotheses", Philosophical
/// Transactions A 231, 1933). Likelihoods of several samples multiply, so that their logarithms are
/// added.
public final class LikelihoodRatio {
    private final Bins bins;
    private final double[] logRatios;

    /// Learnt from examples of both classes.
    public LikelihoodRatio(double[] zero, double[] one) {
        bins = Bins.of(zero, one);
        long[] counts0 = bins.count(zero);
        long[] counts1 = bins.count(one);
        logRatios = new double[bins.size()];
        for (int i = 0; i < logRatios.length; i++) {
            // One more of each, so that what was never seen is not impossible.
            logRatios[i] =
                    StrictMath.log((counts1[i] + 1.0) / (one.length + logRatios.length))
                            - StrictMath.log((counts0[i] + 1.0) / (zero.length + logRatios.length));
        }
    }

    /// How much speaks for class 1: the logarithm of the ratio of likelihoods.
    public double score(double sample) {
        return logRatios[bins.indexOf(sample)];
    }

    /// The scores of many.
    public double[] scores(double[] samples) {
        return Arrays.stream(samples).map(this::score).toArray();
    }

    /// Share of single samples that are told wrongly, both classes weighing the same; where neither
    /// is likelier half are.
    public double error(double[] zero, double[] one) {
        return (wrong(zero, 1) + wrong(one, -1)) / 2;
    }

    private double wrong(double[] samples, int sign) {
        double wrong = 0;
        for (double sample : samples) {
            double score = sign * score(sample);
            wrong += score > 0 ? 1 : score == 0 ? 0.5 : 0;
        }
        return wrong / samples.length;
    }
}
