package org.nestwalk.bits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearAddressTest {
    @ParameterizedTest
    @CsvSource({
        "0, 4, true",
        "7fffffffffff, 4, true",
        "800000000000, 4, false",
        "ffff7fffffffffff, 4, false",
        "ffff800000000000, 4, true",
        "ffffffffffffffff, 4, true",
        "800000000000, 5, true",
        "ffffffffffffff, 5, true",
        "100000000000000, 5, false",
        "feffffffffffffff, 5, false",
        "ff00000000000000, 5, true",
    })
    void aCanonicalAddressRepeatsItsTopImplementedBit(String hex, int levels, boolean canonical) {
        long address = Long.parseUnsignedLong(hex, 16);
        assertThat(LinearAddress.isCanonical(address, levels)).isEqualTo(canonical);
    }

    @Test
    void eachLevelHasNineBitsOfIndex() {
        long address = 1L << 48 | 2L << 39 | 3L << 30 | 4L << 21 | 511L << 12 | 0xfff;
        assertThat(LinearAddress.index(address, 5)).isEqualTo(1);
        assertThat(LinearAddress.index(address, 4)).isEqualTo(2);
        assertThat(LinearAddress.index(address, 3)).isEqualTo(3);
        assertThat(LinearAddress.index(address, 2)).isEqualTo(4);
        assertThat(LinearAddress.index(address, 1)).isEqualTo(511);
    }
}
