package org.nestwalk.lab.channel;

import java.util.List;
import org.nestwalk.lab.channel.defence.NoDefence;
import org.nestwalk.lab.channel.estimate.LikelihoodRatio;
import org.nestwalk.lab.channel.estimate.MutualInformation;
import org.nestwalk.lab.channel.estimate.Roc;
import org.nestwalk.lab.channel.estimate.Sensitivity;
import org.nestwalk.lab.channel.estimate.Threshold;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// What single measurements tell of a secret where nothing is done against it. Estimators learn
/// from one set of measurements and are judged by another.
///
/// @param threat who times
/// @param statement what it can do
/// @param secret the bit
/// @param difference of the means in cycles
/// @param spread deviation of the latencies themselves
/// @param sensitivity d' with the noise
/// @param area under the ROC
/// @param roc its points
/// @param thresholdError share told wrongly by threshold
/// @param likelihoodError and by likelihood ratio
/// @param bits of information by measurement
/// @param probability that chance makes as much
/// @param samples to average for an error of 1 %; -1 if the means do not differ beyond chance
public record SingleMeasurement(
        String threat,
        String statement,
        String secret,
        double difference,
        double spread,
        double sensitivity,
        double area,
        List<Roc.Point> roc,
        double thresholdError,
        double likelihoodError,
        double bits,
        double probability,
        double samples) {
    /// How many measurements of each class are judged.
    static final int SAMPLES = 20_000;

    /// And how many, where only means and deviations are asked for.
    static final int MANY = 200_000;

    /// Of permutation tests.
    static final int PERMUTATIONS = 99;

    /// Copies the list.
    public SingleMeasurement {
        roc = List.copyOf(roc);
    }

    static SingleMeasurement of(
            ThreatModel threat, Secret secret, LatencySource source, double noise, long seed) {
        double[] zero = source.sample(secret, false, false, false);
        double[] one = source.sample(secret, true, false, false);
        double[] learn0 = measure(zero, noise, SplitMix64.hash(seed, 1), SAMPLES);
        double[] learn1 = measure(one, noise, SplitMix64.hash(seed, 2), SAMPLES);
        double[] judge0 = measure(zero, noise, SplitMix64.hash(seed, 3), SAMPLES);
        double[] judge1 = measure(one, noise, SplitMix64.hash(seed, 4), SAMPLES);
        LikelihoodRatio likelihood = new LikelihoodRatio(learn0, learn1);
        Sensitivity latencies = Sensitivity.of(zero, one);
        Sensitivity measured =
                Sensitivity.of(
                        measure(zero, noise, SplitMix64.hash(seed, 6), MANY),
                        measure(one, noise, SplitMix64.hash(seed, 7), MANY));
        boolean larger = latencies.difference() > 0;
        Roc roc = larger ? Roc.of(judge0, judge1) : Roc.of(judge1, judge0);
        MutualInformation information =
                MutualInformation.of(
                        judge0, judge1, PERMUTATIONS, new Xoshiro256(SplitMix64.hash(seed, 5)));
        return new SingleMeasurement(
                threat.label(),
                threat.statement(),
                secret.label(),
                latencies.difference(),
                latencies.deviation(),
                measured.index(),
                roc.area(),
                roc.points(),
                Threshold.of(learn0, learn1).error(judge0, judge1),
                likelihood.error(judge0, judge1),
                information.bits(),
                information.probability(),
                measured.isCertain(MANY) ? measured.samplesFor(AveragingAttack.ERROR) : -1);
    }

    private static double[] measure(double[] latencies, double noise, long seed, int count) {
        return new Observer(latencies, new NoDefence(), noise, seed).next(count);
    }
}
