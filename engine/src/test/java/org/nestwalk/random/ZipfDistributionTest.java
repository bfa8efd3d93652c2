package org.nestwalk.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZipfDistributionTest {
    private static final int DRAWS = 200_000;

    @ParameterizedTest
    @CsvSource({"1, 0.99", "2, 0.5", "10, 1", "1000, 0.99", "1000, 1", "1000, 2.5", "100000, 0.2"})
    void frequenciesFollowTheWeights(int size, double exponent) {
        ZipfDistribution distribution = new ZipfDistribution(size, exponent);
        Xoshiro256 random = new Xoshiro256(21);
        int[] counts = new int[size + 1];
        for (int i = 0; i < DRAWS; i++) {
            counts[(int) distribution.next(random)]++;
        }
        double total = 0;
        for (int rank = 1; rank <= size; rank++) {
            total += Math.pow(rank, -exponent);
        }
        for (int rank = 1; rank <= Math.min(size, 20); rank++) {
            double p = Math.pow(rank, -exponent) / total;
            double deviation = Math.sqrt(DRAWS * p * (1 - p));
            assertThat((double) counts[rank])
                    .as("rank %d of %d, exponent %s", rank, size, exponent)
                    .isCloseTo(DRAWS * p, within(4.5 * deviation + 1e-9));
        }
    }

    @Test
    void hugeSizesStayInBounds() {
        ZipfDistribution distribution = new ZipfDistribution(1L << 40, 0.99);
        Xoshiro256 random = new Xoshiro256(22);
        long largest = 0;
        for (int i = 0; i < 100_000; i++) {
            long rank = distribution.next(random);
            assertThat(rank).isBetween(1L, 1L << 40);
            largest = Math.max(largest, rank);
        }
        assertThat(largest).isGreaterThan(1L << 39);
    }
}
