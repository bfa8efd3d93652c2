package org.nestwalk.bench.ab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SignedRankTest {
    /// Hollander and Wolfe, Nonparametric Statistical Methods, 2nd ed., table 3.1: depression scale
    /// factor IV of nine patients, after minus before.
    static final double[] DEPRESSION = {
        0.878 - 1.83,
        0.647 - 0.50,
        0.598 - 1.62,
        2.05 - 2.48,
        1.06 - 1.68,
        1.29 - 1.88,
        1.06 - 1.55,
        3.14 - 3.06,
        1.29 - 1.30
    };

    @Test
    void givesThePublishedProbabilityOfTheDepressionScale() {
        // Example 3.1: T+ = 5, one-sided P = 0.020 (R's wilcox.test: 0.01953).
        assertThat(SignedRank.twoSidedP(DEPRESSION)).isEqualTo(2 * 10.0 / 512, within(1e-12));
    }

    @Test
    void rejectsAtThePublishedCriticalValues() {
        // Two-tailed 5 %, from the table of R. L. McCornack, Journal of the American Statistical
        // Association 60 (1965): number of differences, largest rank sum that is significant.
        int[][] table = {
            {6, 0}, {7, 2}, {8, 3}, {9, 5}, {10, 8}, {11, 10}, {12, 13}, {13, 17}, {14, 21},
            {15, 25}, {16, 29}, {17, 34}, {18, 40}, {19, 46}, {20, 52}, {21, 58}, {22, 65},
            {23, 73}, {24, 81}, {25, 89}
        };
        for (int[] row : table) {
            assertThat(2 * SignedRank.atMost(row[1], row[0])).isLessThanOrEqualTo(0.05);
            assertThat(2 * SignedRank.atMost(row[1] + 1, row[0])).isGreaterThan(0.05);
        }
    }

    @Test
    void agreesWithCountingAllSigns() {
        Random random = new Random(1);
        for (int round = 0; round < 50; round++) {
            double[] differences = new double[1 + random.nextInt(9)];
            for (int i = 0; i < differences.length; i++) {
                differences[i] = random.nextInt(-4, 5);
            }
            assertThat(SignedRank.twoSidedP(differences))
                    .isEqualTo(NaiveSignedRank.twoSidedP(differences), within(1e-12));
        }
    }

    @Test
    void findsNothingWhereAllDifferencesAreZero() {
        assertThat(SignedRank.twoSidedP(new double[8])).isEqualTo(1);
    }

    @Test
    void cannotRejectWithFewerThanSixDifferences() {
        assertThat(SignedRank.twoSidedP(new double[] {1, 2, 3, 4, 5})).isEqualTo(2.0 / 32);
        assertThat(SignedRank.twoSidedP(new double[] {1, 2, 3, 4, 5, 6})).isEqualTo(2.0 / 64);
    }
}
