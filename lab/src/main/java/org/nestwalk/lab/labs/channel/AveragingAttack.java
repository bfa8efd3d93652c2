package org.nestwalk.lab.labs.channel;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.lab.labs.channel.estimate.BinomialInterval;
import org.nestwalk.lab.labs.channel.estimate.Gaussian;
import org.nestwalk.lab.labs.channel.estimate.Sensitivity;
import org.nestwalk.lab.labs.channel.estimate.Threshold;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// The attacker averages N measurements, and compares with a threshold midway between the means.
///
/// For normal noise of deviation s, and means d apart, its error is Q(sqrt(N) d / 2s), so that an
/// error of 1 % needs N = (2 x 2.326 s / d)^2 of them.
public final class AveragingAttack {
    /// The error that is aimed at.
    static final double ERROR = 0.01;

    private static final int[] COUNTS = {1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000};
    private static final int TRIALS = 1_000;
    private static final double OUTSIDE = 0.01;

    private final double[] zero;
    private final double[] one;
    private final long seed;

    /// What came of attacks by the average of `count` measurements.
    ///
    /// @param count N
    /// @param trials attacks made
    /// @param wrong of them
    /// @param predicted Q(sqrt(N) d / 2s)
    /// @param low least count of wrong ones that this predicts, with 99 %
    /// @param high greatest
    /// @param inside whether `wrong` is between them
    public record Point(
            int count,
            int trials,
            long wrong,
            double predicted,
            long low,
            long high,
            boolean inside) {}

    AveragingAttack(double[] zero, double[] one, long seed) {
        this.zero = zero;
        this.one = one;
        this.seed = seed;
    }

    /// On page sizes, where nothing is done against it.
    static AveragingAttack on(SimulatedLatencies source, long seed) {
        return new AveragingAttack(
                source.sample(Secret.PAGE_SIZE, false, false, false),
                source.sample(Secret.PAGE_SIZE, true, false, false),
                seed);
    }

    /// Means apart.
    double difference() {
        return Math.abs(Sensitivity.of(zero, one).difference());
    }

    /// The error against N.
    ///
    /// @param ratio of the noise's deviation to the difference of the means
    List<Point> curve(double ratio) {
        List<Point> points = new ArrayList<>();
        for (int count : COUNTS) {
            double predicted =
                    Gaussian.tail(Math.sqrt(count) * difference() / 2 / deviation(ratio));
            long wrong = wrong(count, TRIALS, ratio, SplitMix64.hash(seed, count));
            BinomialInterval interval = BinomialInterval.of(TRIALS, predicted, OUTSIDE);
            points.add(
                    new Point(
                            count,
                            TRIALS,
                            wrong,
                            predicted,
                            interval.low(),
                            interval.high(),
                            interval.contains(wrong)));
        }
        return points;
    }

    /// Samples for 1 % at noise of `ratio` and of twice that.
    Doubling doubling(double ratio, int trials) {
        double single = samplesNeeded(ratio, trials);
        double doubled = samplesNeeded(2 * ratio, trials);
        double root = 2 * Gaussian.tailInverse(ERROR) * ratio;
        return new Doubling(ratio, root * root, single, doubled, doubled / single);
    }

    /// N for an error of 1 %, by attacks: the error at about that N, brought to 1 % along the
    /// curve.
    double samplesNeeded(double ratio, int trials) {
        double root = 2 * Gaussian.tailInverse(ERROR) * deviation(ratio) / difference();
        int count = (int) Math.max(1, Math.round(root * root));
        double error = (double) wrong(count, trials, ratio, SplitMix64.hash(seed, 7)) / trials;
        double correction = Gaussian.tailInverse(ERROR) / Gaussian.tailInverse(error);
        return count * correction * correction;
    }

    /// Noise and what latencies vary by themselves.
    private double deviation(double ratio) {
        double own = Sensitivity.of(zero, one).deviation();
        double noise = ratio * difference();
        return Math.sqrt(noise * noise + own * own);
    }

    private long wrong(int count, int trials, double ratio, long attackSeed) {
        Threshold threshold = Threshold.betweenMeans(zero, one);
        double noise = ratio * difference();
        Average[] averages = {
            new Average(zero, noise, SplitMix64.hash(attackSeed, 0)),
            new Average(one, noise, SplitMix64.hash(attackSeed, 1))
        };
        long wrong = 0;
        for (int trial = 0; trial < trials; trial++) {
            int truth = trial & 1;
            wrong += threshold.isOne(averages[truth].next(count)) == (truth == 1) ? 0 : 1;
        }
        return wrong;
    }

    /// Averages of measurements against which nothing is done.
    private static final class Average {
        private final double[] latencies;
        private final double noise;
        private final Xoshiro256 random;
        private final Gaussian gaussian;

        Average(double[] latencies, double noise, long seed) {
            this.latencies = latencies;
            this.noise = noise;
            this.random = new Xoshiro256(seed);
            this.gaussian = new Gaussian(new Xoshiro256(SplitMix64.hash(seed, 1)));
        }

        /// The average of `count` of them.
        double next(int count) {
            // Independent normal noises add up to normal noise, of the root of as many deviations.
            double sum = noise * Math.sqrt(count) * gaussian.next();
            for (int i = 0; i < count; i++) {
                sum += latencies[(int) random.nextBelow(latencies.length)];
            }
            return sum / count;
        }
    }
}
