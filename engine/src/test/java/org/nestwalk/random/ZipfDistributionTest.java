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

    /// Faster functions decide only what they leave no doubt of.
    @ParameterizedTest
    @CsvSource({
        "1, 0.99",
        "3, 0.5",
        "1000, 1",
        "1000, 1.0000001",
        "100000, 0.99999",
        "16777216, 0.99",
        "1099511627776, 0.2",
        "1099511627776, 0.99",
        "4611686018427387904, 1.01",
        "1000000, 6"
    })
    void drawsAreThoseOfTheStrictFunctionsAlone(long size, double exponent) {
        ZipfDistribution distribution = new ZipfDistribution(size, exponent);
        StrictZipf strict = new StrictZipf(size, exponent);
        Xoshiro256 ours = new Xoshiro256(23);
        Xoshiro256 theirs = new Xoshiro256(23);
        for (int i = 0; i < 50_000; i++) {
            assertThat(distribution.next(ours)).isEqualTo(strict.next(theirs));
        }
    }

    /// The same by the strict functions alone.
    private record StrictZipf(long size, double exponent) {
        long next(Xoshiro256 random) {
            double areaToOne = area(1.5) - 1;
            double areaToSize = area(size + 0.5);
            double squeeze = 2 - inverseArea(area(2.5) - density(2));
            while (true) {
                double u = areaToSize + random.nextFraction() * (areaToOne - areaToSize);
                double x = inverseArea(u);
                long rank = Math.min(size, Math.max(1, (long) (x + 0.5)));
                if (rank - x <= squeeze || u >= area(rank + 0.5) - density((double) rank)) {
                    return rank;
                }
            }
        }

        private double density(double x) {
            return StrictMath.exp(-exponent * StrictMath.log(x));
        }

        private double area(double x) {
            double log = StrictMath.log(x);
            double power = (1 - exponent) * log;
            return Math.abs(power) < 1e-8
                    ? log * (1 + power / 2)
                    : StrictMath.expm1(power) / (1 - exponent);
        }

        private double inverseArea(double area) {
            double t = Math.max(-1, area * (1 - exponent));
            double log =
                    Math.abs(t) < 1e-8 ? area * (1 - t / 2) : StrictMath.log1p(t) / (1 - exponent);
            return StrictMath.exp(log);
        }
    }
}
