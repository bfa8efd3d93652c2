package org.nestwalk.lab.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.statistics.distribution.FDistribution;

/// Least squares, for asking whether a model that explains a response by some quantities is worse
/// than one that has more of them (an F test of nested models; Draper and Smith, "Applied
/// Regression Analysis", 3rd edition 1998, section 6.1).
public final class LinearModels {
    // A column of which less than this part is not explained by those before adds nothing, and a
    // residual below it is one of rounding.
    private static final double ROUNDING = 1e-9;

    private final double[] response;

    /// What a test came to.
    ///
    /// @param f variance ratio; infinite if the larger model leaves nothing
    /// @param p probability of such a ratio or a greater one if the smaller model is right
    public record Test(double f, double p) {}

    /// Observations of a response.
    public LinearModels(double[] response) {
        this.response = response.clone();
    }

    private record Fit(double squares, int parameters) {}

    /// The residual sum of squares of a constant and `columns`, by orthogonalisation (modified
    /// Gram-Schmidt).
    private Fit fit(List<double[]> columns) {
        double[] left = response.clone();
        double[] ones = new double[left.length];
        Arrays.fill(ones, 1);
        List<double[]> basis = new ArrayList<>();
        List<double[]> all = new ArrayList<>(List.of(ones));
        all.addAll(columns);
        for (double[] column : all) {
            double[] part = column.clone();
            basis.forEach(one -> subtract(part, one));
            double before = dot(column, column);
            double norm = dot(part, part);
            if (norm > ROUNDING * ROUNDING * before && before > 0) {
                double length = Math.sqrt(norm);
                for (int i = 0; i < part.length; i++) {
                    part[i] /= length;
                }
                basis.add(part);
                subtract(left, part);
            }
        }
        double squares = dot(left, left);
        double all2 = dot(response, response);
        return new Fit(squares <= ROUNDING * ROUNDING * all2 ? 0 : squares, basis.size());
    }

    private static void subtract(double[] from, double[] unit) {
        double along = dot(from, unit);
        for (int i = 0; i < from.length; i++) {
            from[i] -= along * unit[i];
        }
    }

    private static double dot(double[] one, double[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }

    /// Whether a constant and `smaller` explain the response as well as with `more` beside them.
    public Test isEnough(List<double[]> smaller, List<double[]> more) {
        List<double[]> larger = new ArrayList<>(smaller);
        larger.addAll(more);
        Fit few = fit(smaller);
        Fit many = fit(larger);
        int added = many.parameters - few.parameters;
        int degrees = response.length - many.parameters;
        if (added == 0 || degrees <= 0 || few.squares == many.squares) {
            return new Test(0, 1);
        }
        if (many.squares == 0) {
            return new Test(Double.POSITIVE_INFINITY, 0);
        }
        double f = (few.squares - many.squares) / added / (many.squares / degrees);
        return new Test(f, f <= 0 ? 1 : FDistribution.of(added, degrees).survivalProbability(f));
    }
}
