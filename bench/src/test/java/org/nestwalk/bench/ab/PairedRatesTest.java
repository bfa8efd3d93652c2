package org.nestwalk.bench.ab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PairedRatesTest {
    @Test
    void callsAConstantGainFaster() {
        assertThat(paired(1.25).row()).contains("1.250 - 1.250").contains("0.0313  faster");
    }

    @Test
    void callsAConstantLossSlower() {
        assertThat(paired(0.5).row()).contains("0.0313  slower");
    }

    @Test
    void showsNoDifferenceOfTheSameRates() {
        assertThat(paired(1).row()).contains("1.0000  no difference shown");
    }

    @Test
    void noticesDifferentWork() {
        PairedRates rates = paired(1);
        assertThat(rates.isSameWork()).isTrue();
        rates.add(false, 1, "cd");
        assertThat(rates.isSameWork()).isFalse();
    }

    private static PairedRates paired(double factor) {
        PairedRates rates = new PairedRates();
        for (int round = 1; round <= 6; round++) {
            rates.add(true, round, "ab");
            rates.add(false, factor * round, "ab");
        }
        return rates;
    }
}
