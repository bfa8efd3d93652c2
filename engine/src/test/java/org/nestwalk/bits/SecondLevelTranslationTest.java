package org.nestwalk.bits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecondLevelTranslationTest {
    @ParameterizedTest
    @CsvSource({"1, 8765432fff", "2, 87655fffff", "3, 877fffffff"})
    void addressKeepsTheOffsetInsideThePage(int level, String expected) {
        long page = 0x87_6543_2000L & -(1L << PageSize.shiftOfLevel(level));
        long translation =
                SecondLevelTranslation.pack(page, SecondLevelTranslation.ALL, level, MemoryType.WP);
        long offset = (1L << PageSize.shiftOfLevel(level)) - 1;
        assertThat(SecondLevelTranslation.address(translation, ~0L))
                .isEqualTo(page | offset)
                .isEqualTo(Long.parseLong(expected, 16));
        assertThat(SecondLevelTranslation.level(translation)).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "4", "5", "6", "7"})
    void memoryTypeDoesNotDisturbItsNeighbours(int type) {
        long translation = SecondLevelTranslation.pack(0xf_ffff_ffff_f000L, 0x3f, 3, type);
        assertThat(SecondLevelTranslation.memoryType(translation)).isEqualTo(type);
        assertThat(SecondLevelTranslation.level(translation)).isEqualTo(3);
        assertThat(translation >>> 52 & 0xf).as("both size fields").isEqualTo(0b1010);
        assertThat(translation & 0xfff).isEqualTo(0x3f);
        assertThat(translation & PagingEntry.ADDRESS).isEqualTo(0xf_ffff_ffff_f000L);
    }
}
