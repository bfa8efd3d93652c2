package org.nestwalk.lab.labs.transactions;

import java.util.List;

/// The rate at which something strikes at random, from how often things of known duration are
/// struck: 1 - exp(-rate x duration), fitted by least squares.
///
/// @param rate per cycle
/// @param rSquared share of the variance that the curve explains
public record ExponentialFit(double rate, double rSquared) {
    private static final int STEPS = 200;

    /// One duration.
    ///
    /// @param duration cycles
    /// @param struck share, 0 to 1
    public record Point(double duration, double struck) {}

    /// The fit to points that are not all of one share.
    public static ExponentialFit of(List<Point> points) {
        double longest = points.stream().mapToDouble(Point::duration).max().orElseThrow();
        // The sum of squares falls, then rises: thirds of the logarithm, between a strike in a
        // million longest durations and a thousand strikes in one.
        double low = StrictMath.log(1e-6 / longest);
        double high = StrictMath.log(1e3 / longest);
        for (int i = 0; i < STEPS; i++) {
            double third = (high - low) / 3;
            if (squares(points, StrictMath.exp(low + third))
                    < squares(points, StrictMath.exp(high - third))) {
                high -= third;
            } else {
                low += third;
            }
        }
        double rate = StrictMath.exp((low + high) / 2);
        double mean = points.stream().mapToDouble(Point::struck).average().orElseThrow();
        double total =
                points.stream().mapToDouble(p -> (p.struck - mean) * (p.struck - mean)).sum();
        return new ExponentialFit(rate, 1 - squares(points, rate) / total);
    }

    private static double squares(List<Point> points, double rate) {
        double sum = 0;
        for (Point point : points) {
            double off = point.struck + StrictMath.expm1(-rate * point.duration);
            sum += off * off;
        }
        return sum;
    }
}
