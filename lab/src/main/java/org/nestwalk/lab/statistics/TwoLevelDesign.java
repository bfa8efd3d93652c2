package org.nestwalk.lab.statistics;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.statistics.distribution.FDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/// The analysis of variance of a replicated full factorial design whose factors have two levels
/// each (Box, Hunter and Hunter, "Statistics for Experimenters", 2nd edition 2005, chapter 5).
///
/// A cell's number has a bit for each factor, 1 for its high level. A term is a set of factors as
/// bits: one for a main effect, several for their interaction. Its effect is the mean of the cells
/// in which an even number of its factors is low less the mean of the others: for a main effect the
/// mean at the high level less that at the low one.
public final class TwoLevelDesign {
    private static final double HALF = 0.5;
    // What is left of sums of squares by rounding, as a part of all.
    private static final double ROUNDING = 1e-20;

    private final int factors;
    private final double[][] cells;
    private final double residual;
    private final double total;
    private final double rounding;
    private final int replicates;

    /// What one term does.
    ///
    /// @param effect in the unit of the response
    /// @param lower bound of its confidence interval, and `upper` the other
    /// @param etaSquared part of the response's variation that is the term's, 0 to 1
    /// @param f variance ratio; infinite if nothing else varies
    /// @param p probability of such a ratio or a greater one if the term does nothing
    public record Effect(
            double effect, double lower, double upper, double etaSquared, double f, double p) {
        /// Whether its interval contains 0.
        public boolean mayBeNone() {
            return lower <= 0 && 0 <= upper;
        }
    }

    /// @param factors how many
    /// @param cells observations by the cell's number: two or more, and as many in each
    public TwoLevelDesign(int factors, List<List<Double>> cells) {
        this.factors = factors;
        this.cells = new double[1 << factors][];
        replicates = cells.getFirst().size();
        if (cells.size() != this.cells.length || replicates < 2) {
            throw new IllegalArgumentException(
                    "%d cells of %d for %d factors".formatted(cells.size(), replicates, factors));
        }
        List<Double> all = new ArrayList<>();
        double within = 0;
        for (int i = 0; i < this.cells.length; i++) {
            if (cells.get(i).size() != replicates) {
                throw new IllegalArgumentException("cells of different sizes");
            }
            this.cells[i] = cells.get(i).stream().mapToDouble(value -> value).toArray();
            double mean = mean(cells.get(i));
            within += squares(cells.get(i), mean);
            all.addAll(cells.get(i));
        }
        rounding = ROUNDING * squares(all, 0);
        double variation = squares(all, mean(all));
        total = variation <= rounding ? 0 : variation;
        residual = within <= rounding ? 0 : within;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(value -> value).average().orElseThrow();
    }

    private static double squares(List<Double> values, double from) {
        return values.stream().mapToDouble(value -> (value - from) * (value - from)).sum();
    }

    private int degrees() {
        return cells.length * (replicates - 1);
    }

    /// What a term does, with an interval of confidence `level`, 0 to 1.
    ///
    /// @param term factors as bits, not 0
    public Effect effect(int term, double level) {
        double contrast = 0;
        for (int cell = 0; cell < cells.length; cell++) {
            boolean plus = (Integer.bitCount(term & ~cell) & 1) == 0;
            for (double value : cells[cell]) {
                contrast += plus ? value : -value;
            }
        }
        double count = (double) cells.length * replicates;
        double effect = contrast / (count * HALF);
        double squares = contrast * contrast / count;
        if (squares <= rounding) {
            squares = 0;
            effect = 0;
        }
        double variance = residual / degrees();
        double margin =
                TDistribution.of(degrees()).inverseSurvivalProbability((1 - level) * HALF)
                        * Math.sqrt(variance / count)
                        * 2;
        double f = squares == 0 ? 0 : squares / variance;
        double p =
                variance == 0
                        ? squares == 0 ? 1 : 0
                        : FDistribution.of(1, degrees()).survivalProbability(f);
        double eta = total == 0 ? 0 : squares / total;
        return new Effect(effect, effect - margin, effect + margin, eta, f, p);
    }

    /// All terms, main effects first.
    public List<Integer> terms() {
        List<Integer> terms = new ArrayList<>();
        for (int order = 1; order <= factors; order++) {
            for (int term = 1; term < cells.length; term++) {
                if (Integer.bitCount(term) == order) {
                    terms.add(term);
                }
            }
        }
        return terms;
    }
}
