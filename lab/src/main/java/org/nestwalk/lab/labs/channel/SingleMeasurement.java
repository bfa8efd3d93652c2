package org.nestwalk.lab.labs.channel;

import org.nestwalk.lab.labs.channel.defence.NoDefence;
import org.nestwalk.lab.labs.channel.estimate.Classes;
import org.nestwalk.lab.labs.channel.estimate.Judgement;
import org.nestwalk.lab.labs.channel.estimate.Sensitivity;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// What single measurements tell of a secret where nothing is done against it.
///
/// @param threat who times
/// @param statement what it can do
/// @param secret the bit
/// @param difference of the means in cycles
/// @param spread deviation of the latencies themselves
/// @param sensitivity d' with the noise
/// @param judgement how well single ones tell it
/// @param samples to average for an error of 1 %; -1 if the means do not differ beyond chance
public record SingleMeasurement(
        String threat,
        String statement,
        String secret,
        double difference,
        double spread,
        double sensitivity,
        Judgement judgement,
        double samples) {
    /// How many measurements of each class are judged.
    static final int SAMPLES = 20_000;

    /// And how many, where only means and deviations are asked for.
    static final int MANY = 200_000;

    static SingleMeasurement of(
            ThreatModel threat, Secret secret, SimulatedLatencies source, double noise, long seed) {
        double[] zero = source.sample(secret, false, false, false);
        double[] one = source.sample(secret, true, false, false);
        Classes learnt =
                new Classes(
                        measure(zero, noise, SplitMix64.hash(seed, 1), SAMPLES),
                        measure(one, noise, SplitMix64.hash(seed, 2), SAMPLES));
        Classes seen =
                new Classes(
                        measure(zero, noise, SplitMix64.hash(seed, 3), SAMPLES),
                        measure(one, noise, SplitMix64.hash(seed, 4), SAMPLES));
        Sensitivity latencies = Sensitivity.of(zero, one);
        Sensitivity measured =
                Sensitivity.of(
                        measure(zero, noise, SplitMix64.hash(seed, 6), MANY),
                        measure(one, noise, SplitMix64.hash(seed, 7), MANY));
        return new SingleMeasurement(
                threat.label(),
                threat.statement(),
                secret.label(),
                latencies.difference(),
                latencies.deviation(),
                measured.index(),
                Judgement.of(learnt, seen, new Xoshiro256(SplitMix64.hash(seed, 5))),
                measured.isCertain(MANY) ? measured.samplesFor(AveragingAttack.ERROR) : -1);
    }

    private static double[] measure(double[] latencies, double noise, long seed, int count) {
        return new Observer(latencies, new NoDefence(), noise, seed).next(count);
    }
}
