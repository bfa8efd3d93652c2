package org.nestwalk.lab.labs.channel.measured;

import java.util.Arrays;
import java.util.List;
import org.nestwalk.lab.labs.channel.estimate.Classes;
import org.nestwalk.lab.labs.channel.estimate.Gaussian;
import org.nestwalk.lab.labs.channel.estimate.Judgement;
import org.nestwalk.lab.labs.channel.estimate.Quantile;
import org.nestwalk.lab.labs.channel.estimate.Roc;
import org.nestwalk.lab.labs.channel.estimate.Sensitivity;
import org.nestwalk.random.Xoshiro256;

/// What bursts of one length tell.
///
/// @param loads of a burst
/// @param measurements bursts of each mapping that are judged
/// @param small median nanoseconds of a load with 4K pages
/// @param large and with 2M pages
/// @param difference of the means, 2M less 4K
/// @param spread deviation of the averages of bursts
/// @param sensitivity d'
/// @param judgement how well single bursts tell which it is
/// @param control area under the ROC of the same mapping in two sets of bursts: 0.5, but for drift
///   and chance
/// @param controlMargin how far chance alone takes it from 0.5 in 99 of 100 cases
/// @param bursts to average for an error of 1 %; -1 if the means do not differ beyond chance, or
///   are the other way round than most bursts, as interruptions make them
/// @param smallTimes ten quantiles of the bursts with 4K pages, 5 % to 95 %
/// @param largeTimes and with 2M pages
public record BurstRow(
        int loads,
        int measurements,
        double small,
        double large,
        double difference,
        double spread,
        double sensitivity,
        Judgement judgement,
        double control,
        double controlMargin,
        double bursts,
        List<Double> smallTimes,
        List<Double> largeTimes) {
    private static final double ERROR = 0.01;
    private static final int QUANTILES = 10;

    /// Copies the lists.
    public BurstRow {
        smallTimes = List.copyOf(smallTimes);
        largeTimes = List.copyOf(largeTimes);
    }

    /// Of bursts to learn from and bursts to judge, class 0 with 4K pages.
    static BurstRow of(int loads, Classes learnt, Classes seen, Xoshiro256 random) {
        Sensitivity sensitivity = Sensitivity.of(seen.zero(), seen.one());
        int count = seen.zero().length;
        Judgement judgement = Judgement.of(learnt, seen, random);
        return new BurstRow(
                loads,
                count,
                Quantile.of(seen.zero(), 0.5),
                Quantile.of(seen.one(), 0.5),
                sensitivity.difference(),
                sensitivity.deviation(),
                sensitivity.index(),
                judgement,
                Roc.of(learnt.zero(), seen.zero()).area(),
                // Variance of the area without any difference: (n + m + 1) / 12 n m (Mann and
                // Whitney, "On a test of whether one of two random variables is stochastically
                // larger than the other", Annals of Mathematical Statistics 18, 1947).
                Gaussian.tailInverse(ERROR / 2)
                        * Math.sqrt((2.0 * count + 1) / (12.0 * count * count)),
                sensitivity.isCertain(count)
                                && sensitivity.difference() > 0 == judgement.largerIsOne()
                        ? sensitivity.samplesFor(ERROR)
                        : -1,
                quantiles(seen.zero()),
                quantiles(seen.one()));
    }

    private static List<Double> quantiles(double[] times) {
        double[] some = new double[QUANTILES];
        Arrays.setAll(some, i -> Quantile.of(times, (i + 0.5) / QUANTILES));
        return Arrays.stream(some).boxed().toList();
    }
}
