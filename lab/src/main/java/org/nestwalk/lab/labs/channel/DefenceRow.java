package org.nestwalk.lab.labs.channel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nestwalk.lab.labs.channel.defence.Defence;
import org.nestwalk.lab.labs.channel.defence.ProgramCosts;
import org.nestwalk.lab.labs.channel.estimate.Judgement;
import org.nestwalk.lab.labs.channel.estimate.MutualInformation;
import org.nestwalk.lab.labs.channel.estimate.Sensitivity;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// What a defence leaves, and what it costs.
///
/// @param name with its parameters
/// @param kind what it does
/// @param left of each secret for each attacker
/// @param slowdown of each program
public record DefenceRow(String name, Defence.Kind kind, List<Left> left, List<Double> slowdown) {
    // 5 % over the four tests of a defence (Bonferroni).
    private static final double CHANCE = 0.05 / 4;

    /// What is left.
    ///
    /// @param threat who times
    /// @param secret the bit
    /// @param bits by measurement
    /// @param probability that chance makes as much
    /// @param samples to average for an error of 1 %; -1 if the means do not differ beyond chance
    public record Left(
            String threat, String secret, double bits, double probability, double samples) {
        /// Whether a single measurement tells something beyond chance.
        public boolean tellsSingly() {
            return probability <= CHANCE;
        }

        /// Whether averages do.
        public boolean tellsAveraged() {
            return samples >= 0;
        }
    }

    /// Copies the lists.
    public DefenceRow {
        left = List.copyOf(left);
        slowdown = List.copyOf(slowdown);
    }

    static DefenceRow of(
            Defence defence,
            Map<ThreatModel, SimulatedLatencies> sources,
            List<ProgramCosts> costs,
            double noise,
            long seed) {
        List<Left> left = new ArrayList<>();
        sources.forEach((threat, source) -> {
            for (Secret secret : Secret.values()) {
                left.add(left(defence, threat, secret, source, noise, seed));
            }
        });
        return new DefenceRow(
                defence.name(),
                defence.kind(),
                left,
                costs.stream()
                        .map(cost -> defence.cyclesOf(cost) / cost.plain().cycles())
                        .toList());
    }

    private static Left left(
            Defence defence,
            ThreatModel threat,
            Secret secret,
            SimulatedLatencies source,
            double noise,
            long seed) {
        long own = SplitMix64.hash(seed, (threat.label() + secret.label()).hashCode());
        double[] zero = measure(defence, secret, false, source, noise, own);
        double[] one = measure(defence, secret, true, source, noise, own);
        MutualInformation information =
                MutualInformation.of(
                        Arrays.copyOf(zero, SingleMeasurement.SAMPLES),
                        Arrays.copyOf(one, SingleMeasurement.SAMPLES),
                        Judgement.PERMUTATIONS,
                        new Xoshiro256(SplitMix64.hash(own, 3)));
        Sensitivity measured = Sensitivity.of(zero, one);
        return new Left(
                threat.label(),
                secret.label(),
                information.bits(),
                information.probability(),
                measured.isCertain(zero.length) ? measured.samplesFor(AveragingAttack.ERROR) : -1);
    }

    private static double[] measure(
            Defence defence,
            Secret secret,
            boolean one,
            SimulatedLatencies source,
            double noise,
            long seed) {
        double[] latencies =
                source.sample(secret, one, defence.flushes(), defence.smallPagesOnly());
        return new Observer(latencies, defence, noise, SplitMix64.hash(seed, one ? 1 : 2))
                .next(SingleMeasurement.MANY);
    }
}
