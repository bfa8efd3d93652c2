package org.nestwalk.lab.labs.intrusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Delay;
import org.nestwalk.random.Xoshiro256;

/// How long attacks were unnoticed, and how sure that is.
class DelayTest {
    @Test
    void thereIsNoneIfNothingWasFound() {
        assertThat(Delay.of(List.of())).isNull();
    }

    @Test
    void sixAreTheFewestThatHaveAnInterval() {
        assertThat(Delay.of(List.of(5L, 1L, 3L, 4L, 2L))).isEqualTo(new Delay(3, null, null, 5));
        assertThat(Delay.of(List.of(6L, 5L, 1L, 3L, 4L, 2L))).isEqualTo(new Delay(3, 1L, 6L, 6));
    }

    /// Tables of the sign test: ranks 6 and 15 of 20, 2 and 9 of 10, 40 and 61 of 100.
    @Test
    void intervalsAreThoseOfTables() {
        assertThat(of(20)).isEqualTo(new Delay(10, 6L, 15L, 19));
        assertThat(of(10)).isEqualTo(new Delay(5, 2L, 9L, 10));
        assertThat(of(100)).isEqualTo(new Delay(50, 40L, 61L, 95));
    }

    private static Delay of(int count) {
        return Objects.requireNonNull(Delay.of(LongStream.rangeClosed(1, count).boxed().toList()));
    }

    @Test
    void intervalsHoldTheMedianInAtLeast95OfAHundredTries() {
        Xoshiro256 random = new Xoshiro256(1);
        int held = 0;
        for (int trial = 0; trial < 2_000; trial++) {
            // Skewed, as delays are; the median of the square is the square of the median.
            Delay delay =
                    Objects.requireNonNull(
                            Delay.of(
                                    LongStream.generate(() -> random.nextBelow(1_001))
                                            .map(value -> value * value)
                                            .limit(24)
                                            .boxed()
                                            .toList()));
            long least = Objects.requireNonNull(delay.least());
            long most = Objects.requireNonNull(delay.most());
            held += least <= 500 * 500 && most >= 500 * 500 ? 1 : 0;
        }
        assertThat(held).isGreaterThanOrEqualTo(1_900);
    }
}
