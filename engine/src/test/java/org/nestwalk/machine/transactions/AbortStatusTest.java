package org.nestwalk.machine.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AbortStatusTest {
    @ParameterizedTest
    @CsvSource({
        "CONFLICT, 6",
        "CAPACITY, 8",
        "INTERRUPT, 0",
        "EXCEPTION, 0",
        "VIOLATION, 0",
        "LOG_FULL, 0"
    })
    void bitsAreThoseOfTheManual(AbortCause cause, int bits) {
        assertThat(cause.status()).isEqualTo(bits);
    }

    @Test
    void argumentOfXabortIsInTheHighestByte() {
        assertThat(AbortStatus.explicit(0xab)).isEqualTo(0xab00_0001);
        assertThat(AbortStatus.argument(0xff00_0001)).isEqualTo(0xff);
    }

    @Test
    void argumentIsAByte() {
        assertThatThrownBy(() -> AbortStatus.explicit(256))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
