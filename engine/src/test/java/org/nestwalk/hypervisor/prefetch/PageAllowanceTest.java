package org.nestwalk.hypervisor.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.random.SplitMix64;

class PageAllowanceTest {
    private static final BigInteger SECOND = BigInteger.valueOf(1_000_000_000);

    @ParameterizedTest
    @CsvSource({
        "10, 3, 1000000000",
        "1000000, 262144, 100000",
        "0, 5, 1000",
        "5, 0, 1000",
        "9000000000000000000, 9000000000000000000, 4000000000",
        "1000, 9223372036854775807, 3"
    })
    void noMoreIsHadThanSecondsAllow(long most, long perSecond, long step) {
        PageAllowance allowance = new PageAllowance(most, perSecond);
        BigInteger taken = BigInteger.ZERO;
        long now = 0;
        for (int i = 0; i < 2_000; i++) {
            now += Long.remainderUnsigned(SplitMix64.hash(1, i), step);
            allowance.tick(now);
            long wanted = Long.remainderUnsigned(SplitMix64.hash(2, i), Math.max(1, most / 7 + 1));
            if (allowance.take(wanted)) {
                taken = taken.add(BigInteger.valueOf(wanted));
            }
            BigInteger bound =
                    BigInteger.valueOf(most)
                            .add(
                                    BigInteger.valueOf(perSecond)
                                            .multiply(BigInteger.valueOf(now))
                                            .divide(SECOND));
            assertThat(taken).isLessThanOrEqualTo(bound);
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, 1000, 1", "1000, 7, 333", "1000000, 262144, 1000003"})
    void whatWasTakenComesBackAtTheRate(long most, long perSecond, long step) {
        PageAllowance allowance = new PageAllowance(most, perSecond);
        assertThat(allowance.take(most)).isTrue();
        long until = most / 2 * 1_000_000_000 / perSecond;
        long now = 0;
        for (int i = 0; i < 1000 && now + step < until; i++) {
            now += step;
            allowance.tick(now);
        }
        allowance.tick(until);
        long back = most / 2 * 1_000_000_000 / perSecond * perSecond / 1_000_000_000;
        assertThat(allowance.take(back + 1)).isFalse();
        assertThat(allowance.take(back)).isTrue();
    }
}
