package org.nestwalk.lab.labs.channel.estimate;

import java.util.List;
import org.nestwalk.random.Xoshiro256;

/// How well two classes of measurements can be told apart by estimators that have learnt from other
/// measurements of them.
///
/// @param largerIsOne whether class 1 is the larger one in most pairs of what was learnt from
/// @param area under the ROC: the probability that so it is in a pair of what was judged
/// @param roc its points
/// @param thresholdError share told wrongly by threshold
/// @param likelihoodError and by likelihood ratio
/// @param bits of information by measurement
/// @param probability that chance makes as much
public record Judgement(
        boolean largerIsOne,
        double area,
        List<Roc.Point> roc,
        double thresholdError,
        double likelihoodError,
        double bits,
        double probability) {
    /// The number of permutations of a permutation test.
    public static final int PERMUTATIONS = 99;

    /// Copies the list.
    public Judgement {
        roc = List.copyOf(roc);
    }

    /// Judges `seen` by what can be learnt from `learnt`.
    ///
    /// @param random for the permutation test
    public static Judgement of(Classes learnt, Classes seen, Xoshiro256 random) {
        Threshold threshold = Threshold.betweenMedians(learnt.zero(), learnt.one());
        Roc roc =
                threshold.largerIsOne()
                        ? Roc.of(seen.zero(), seen.one())
                        : Roc.of(seen.one(), seen.zero());
        MutualInformation information =
                MutualInformation.of(seen.zero(), seen.one(), PERMUTATIONS, random);
        return new Judgement(
                threshold.largerIsOne(),
                roc.area(),
                roc.points(),
                threshold.error(seen.zero(), seen.one()),
                new LikelihoodRatio(learnt.zero(), learnt.one()).error(seen.zero(), seen.one()),
                information.bits(),
                information.probability());
    }
}
