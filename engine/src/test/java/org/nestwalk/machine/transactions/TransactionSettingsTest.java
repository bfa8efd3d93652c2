package org.nestwalk.machine.transactions;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;

class TransactionSettingsTest {
    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 16_385})
    void lengthOutOfRangeIsNamed(int length) {
        assertThatThrownBy(() -> TransactionSettings.of(length, 0))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("transaction length: ")
                .hasMessageContaining("1 to 16,384");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, 0.011, Double.NaN})
    void rateOutOfRangeIsNamed(double rate) {
        assertThatThrownBy(() -> TransactionSettings.of(1, 0).withInterrupts(rate, 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("interrupts per cycle");
    }

    @Test
    void retriesOutOfRangeAreNamed() {
        assertThatThrownBy(() -> TransactionSettings.of(1, -1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("retries: -1 is not 0 to 1,000,000");
    }
}
