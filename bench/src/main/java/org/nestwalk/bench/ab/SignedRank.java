package org.nestwalk.bench.ab;

import java.util.Arrays;

/// Wilcoxon's signed-rank test: whether differences are symmetric around zero.
///
/// Differences of zero are left out and equal magnitudes share the mean of their ranks, as Wilcoxon
/// did; what the ranks then are, their distribution is exact, for any number of differences: each
/// takes either sign with the same probability.
///
/// Source: F. Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1 (1945).
final class SignedRank {
    private SignedRank() {}

    /// The probability, if signs were a matter of chance, of a rank sum at least as far from its
    /// mean as that of `differences`, to either side; 1 where all are zero.
    static double twoSidedP(double[] differences) {
        double[] nonZero = Arrays.stream(differences).filter(d -> d != 0).toArray();
        int[] doubled = doubledRanks(nonZero);
        int positive = 0;
        for (int i = 0; i < nonZero.length; i++) {
            positive += nonZero[i] > 0 ? doubled[i] : 0;
        }
        int smaller = Math.min(positive, Arrays.stream(doubled).sum() - positive);
        return Math.min(1, 2 * atMost(smaller, doubled));
    }

    /// The probability of a rank sum of at most `sum` among `n` differences without ties.
    static double atMost(int sum, int n) {
        int[] doubled = new int[n];
        Arrays.setAll(doubled, i -> 2 * (i + 1));
        return atMost(2 * sum, doubled);
    }

    /// Ranks of magnitudes from 1, times two: a mean of ranks is a multiple of one half.
    private static int[] doubledRanks(double[] differences) {
        double[] magnitudes = Arrays.stream(differences).map(Math::abs).sorted().toArray();
        int[] doubled = new int[differences.length];
        for (int i = 0; i < doubled.length; i++) {
            double magnitude = Math.abs(differences[i]);
            int first = 0;
            while (magnitudes[first] < magnitude) {
                first++;
            }
            int last = first;
            while (last + 1 < magnitudes.length && magnitudes[last + 1] == magnitude) {
                last++;
            }
            doubled[i] = first + last + 2;
        }
        return doubled;
    }

    /// Sums the distribution that adding the ranks one by one, or not, makes.
    private static double atMost(int doubledSum, int[] doubledRanks) {
        double[] probability = new double[doubledSum + 1];
        probability[0] = 1;
        for (int rank : doubledRanks) {
            for (int sum = doubledSum; sum >= 0; sum--) {
                double with = sum >= rank ? probability[sum - rank] : 0;
                probability[sum] = (probability[sum] + with) / 2;
            }
        }
        return Arrays.stream(probability).sum();
    }
}
