package org.nestwalk.bench.ab;

import java.util.Arrays;

/// Around which value differences are symmetric: the Hodges-Lehmann estimate, and the interval of
/// all values that Wilcoxon's signed-rank test does not reject.
///
/// Both come from the Walsh averages, the means of each difference with itself and with each other.
/// Source: M. Hollander, D. A. Wolfe, Nonparametric Statistical Methods, 2nd ed. (1999), sections
/// 3.2 and 3.3.
///
/// @param estimate the median of the Walsh averages
/// @param low the interval's lower end
/// @param high the interval's upper end
record Shift(double estimate, double low, double high) {
    /// The fewest differences for which there is an interval, and for which the test can reject.
    static final int LEAST = 6;

    private static final double TAIL = 0.025;

    /// Of at least [#LEAST] differences; the interval's confidence is at least 95 %, and as near to
    /// that as ranks permit.
    static Shift of(double[] differences) {
        double[] walsh = walshAverages(differences);
        int rejected = 0;
        while (SignedRank.atMost(rejected, differences.length) <= TAIL) {
            rejected++;
        }
        if (rejected == 0) {
            throw new IllegalArgumentException("no interval for fewer than " + LEAST);
        }
        return new Shift(
                Samples.median(walsh), walsh[rejected - 1], walsh[walsh.length - rejected]);
    }

    private static double[] walshAverages(double[] differences) {
        int n = differences.length;
        double[] averages = new double[n * (n + 1) / 2];
        int filled = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                averages[filled++] = (differences[i] + differences[j]) / 2;
            }
        }
        Arrays.sort(averages);
        return averages;
    }
}
