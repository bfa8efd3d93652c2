package org.nestwalk.lab.labs.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExponentialFitTest {
    private static final double[] DURATIONS = {100, 300, 1_000, 3_000, 10_000, 30_000};

    private static List<ExponentialFit.Point> curve(double rate) {
        return DoubleStream.of(DURATIONS)
                .mapToObj(d -> new ExponentialFit.Point(d, 1 - Math.exp(-rate * d)))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 1e-5, 3.3e-4, 1e-2})
    void exactCurveGivesItsRate(double rate) {
        ExponentialFit fit = ExponentialFit.of(curve(rate));
        assertThat(fit.rate()).isCloseTo(rate, Percentage.withPercentage(0.01));
        assertThat(fit.rSquared()).isCloseTo(1, Offset.offset(1e-9));
    }

    @Test
    void straightLineIsFittedWorse() {
        List<ExponentialFit.Point> line =
                DoubleStream.of(DURATIONS)
                        .mapToObj(d -> new ExponentialFit.Point(d, 0.5 - d / 1e5))
                        .toList();
        assertThat(ExponentialFit.of(line).rSquared()).isLessThan(0.5);
    }
}
