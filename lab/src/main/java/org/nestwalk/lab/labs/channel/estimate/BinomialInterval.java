package org.nestwalk.lab.labs.channel.estimate;

/// Where the count of rare or common events lies with near certainty, if each of a number of trials
/// has the same probability.
///
/// @param low least count
/// @param high greatest
public record BinomialInterval(long low, long high) {
    /// The counts that leave at most `outside` / 2 of probability below them and as much above.
    ///
    /// @param trials at least 1
    /// @param probability of an event in each, 0 to 1
    public static BinomialInterval of(long trials, double probability, double outside) {
        if (probability <= 0 || probability >= 1) {
            long certain = probability <= 0 ? 0 : trials;
            return new BinomialInterval(certain, certain);
        }
        long low = -1;
        long high = trials;
        double log = trials * StrictMath.log1p(-probability);
        double below = 0;
        for (long count = 0; count <= trials; count++) {
            below += StrictMath.exp(log);
            if (low < 0 && below > outside / 2) {
                low = count;
            }
            if (below >= 1 - outside / 2) {
                high = count;
                break;
            }
            log +=
                    StrictMath.log((double) (trials - count) / (count + 1))
                            + StrictMath.log(probability)
                            - StrictMath.log1p(-probability);
        }
        return new BinomialInterval(Math.max(low, 0), high);
    }

    /// Whether a count lies in it.
    public boolean contains(long count) {
        return count >= low && count <= high;
    }
}
