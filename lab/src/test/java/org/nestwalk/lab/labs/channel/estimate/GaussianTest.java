package org.nestwalk.lab.labs.channel.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.random.Xoshiro256;

class GaussianTest {
    private static final long SEED = 12;

    @ParameterizedTest
    @CsvSource({
        "0, 0.5",
        "1, 0.15865525393145707",
        "2, 0.022750131948179195",
        "2.3263478740408408, 0.01",
        "3, 0.0013498980316300933",
        "5, 2.866515718791939e-7",
        "-1, 0.8413447460685429"
    })
    void tailIsThatOfTables(double x, double probability) {
        assertThat(Gaussian.tail(x)).isCloseTo(probability, Percentage.withPercentage(1e-9));
        assertThat(Gaussian.tailInverse(probability)).isCloseTo(x, Offset.offset(1e-9));
    }

    @Test
    void numbersHaveMeanZeroDeviationOneAndTheTail() {
        Gaussian gaussian = new Gaussian(new Xoshiro256(SEED));
        double[] numbers = new double[400_000];
        int above = 0;
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = gaussian.next();
            above += numbers[i] > 2 ? 1 : 0;
        }
        assertThat(Sensitivity.mean(numbers)).isCloseTo(0, Offset.offset(0.006));
        assertThat(Sensitivity.variance(numbers)).isCloseTo(1, Offset.offset(0.01));
        assertThat(BinomialInterval.of(numbers.length, Gaussian.tail(2), 0.001).contains(above))
                .as("seed " + SEED)
                .isTrue();
    }
}
