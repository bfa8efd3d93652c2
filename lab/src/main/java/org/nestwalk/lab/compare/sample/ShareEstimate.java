package org.nestwalk.lab.compare.sample;

import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/// A part of cycles as a sample gives it: a ratio of two estimated sums, with the variance that its
/// linearisation has (Cochran, "Sampling Techniques", 3rd edition 1977, sections 5.3 and 6.11).
///
/// @param share 0 to 1
/// @param halfWidth of the interval around it; 0 if everything was measured
public record ShareEstimate(double share, double halfWidth) {
    /// What is left of caches that are not quite as they would be, as a part of the share and as
    /// one of all cycles: no more than this was found (`designs/044`).
    private static final double BIAS = 0.002;

    /// No interval is narrower than this, a twentieth of a per cent of all cycles.
    public static final double LEAST = 0.0005;

    /// What a unit came to.
    ///
    /// @param part cycles of the part in question
    /// @param whole all cycles
    record Measured(double part, double whole) {}

    /// What a stratum came to.
    ///
    /// @param units that it is made of
    /// @param one of the two that were measured
    /// @param other the second
    record Pair(long units, Measured one, Measured other) {
        private double parts() {
            return units * (one.part + other.part) / 2;
        }

        private double wholes() {
            return units * (one.whole + other.whole) / 2;
        }

        /// The variance that it adds to that of the sum of `part` less `share` of `whole`.
        private double variance(double share) {
            double difference = one.part - other.part - share * (one.whole - other.whole);
            return units * (units - 2.0) * difference * difference / 4;
        }
    }

    /// The lower end of the interval.
    public double low() {
        return Math.max(0, share - halfWidth);
    }

    /// The upper end of the interval.
    public double high() {
        return Math.min(1, share + halfWidth);
    }

    /// An estimate.
    ///
    /// @param part of `whole`, of what was measured without sampling
    /// @param whole cycles of that, and those that are known exactly of all
    /// @param confidence of the interval
    static ShareEstimate of(double part, double whole, List<Pair> strata, double confidence) {
        double parts = part;
        double wholes = whole;
        for (Pair pair : strata) {
            parts += pair.parts();
            wholes += pair.wholes();
        }
        if (wholes == 0) {
            return new ShareEstimate(0, 0);
        }
        double share = parts / wholes;
        double variance = 0;
        double squares = 0;
        for (Pair pair : strata) {
            double one = pair.variance(share);
            variance += one;
            squares += one * one;
        }
        if (strata.isEmpty()) {
            return new ShareEstimate(share, 0);
        }
        double error = variance > 0 ? error(variance, squares, strata.size(), confidence) : 0;
        return new ShareEstimate(share, Math.max(LEAST, error / wholes + BIAS * share));
    }

    /// Half of the interval's width for a sum of that variance.
    ///
    /// @param squares of the parts of `variance` that strata have
    private static double error(double variance, double squares, int strata, double confidence) {
        // By Satterthwaite, for components of one degree each, whose fourth moment is 3: as many as
        // there are strata if all differ alike, and one if one alone does.
        double degrees = Math.clamp(3 * variance * variance / squares - 2, 1, (double) strata);
        double quantile =
                TDistribution.of(degrees).inverseSurvivalProbability((1 - confidence) / 2);
        return quantile * Math.sqrt(variance);
    }
}
