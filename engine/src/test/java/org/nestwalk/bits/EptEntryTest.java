package org.nestwalk.bits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EptEntryTest {
    /// Columns: level, leaf, reserved bits with 52 physical-address bits and 1-GiB pages.
    @ParameterizedTest
    @CsvSource({
        "1, true, 0",
        "1, false, 0",
        "2, false, 78",
        "2, true, 1ff000",
        "3, false, 78",
        "3, true, 3ffff000",
        "4, false, f8",
        "5, false, f8",
    })
    void eachLevelReservesItsBits(int level, boolean leaf, String reserved) {
        assertThat(EptEntry.reservedBits(level, leaf, 52, true))
                .isEqualTo(Long.parseLong(reserved, 16));
    }

    @ParameterizedTest
    @CsvSource({"1, true", "2, false", "2, true", "3, false", "3, true", "4, false", "5, false"})
    void addressBitsBeyondThePhysicalWidthAreReserved(int level, boolean leaf) {
        long reserved = EptEntry.reservedBits(level, leaf, 40, true);
        assertThat(reserved >>> 40).isEqualTo(0xfff);
    }

    @Test
    void pageSizeBitAtLevelThreeIsReservedWithoutGibPages() {
        assertThat(EptEntry.reservedBits(3, true, 52, false)).isEqualTo(0x3fff_f080L);
        assertThat(EptEntry.reservedBits(2, true, 52, false)).isEqualTo(0x1f_f000L);
    }

    @Test
    void memoryTypeIsInBits5To3() {
        assertThat(EptEntry.memoryType(0b101_000)).isEqualTo(5);
        assertThat(EptEntry.memoryType(~0b101_000L)).isEqualTo(2);
        assertThat(EptEntry.ofMemoryType(MemoryType.WB)).isEqualTo(0b110_000);
    }

    /// Columns: bits 2:0 (and 10 as 8), whether legal with and without execute-only support.
    @ParameterizedTest
    @CsvSource({
        "1, true, true",
        "2, false, false",
        "3, true, true",
        "4, true, false",
        "5, true, true",
        "6, false, false",
        "7, true, true",
        "8, true, false",
        "12, true, false",
        "10, false, false",
        "9, true, true",
    })
    void writableOrExecutableNeedsReadable(int rights, boolean with, boolean without) {
        long entry = rights & 7 | (rights & 8) << 7;
        long execute = EptEntry.EXECUTE | EptEntry.USER_EXECUTE;
        assertThat(EptEntry.hasIllegalPermissions(entry, execute, true)).isEqualTo(!with);
        assertThat(EptEntry.hasIllegalPermissions(entry, execute, false)).isEqualTo(!without);
    }

    @Test
    void userExecuteCountsOnlyWithModeBasedExecute() {
        long entry = EptEntry.USER_EXECUTE;
        assertThat(EptEntry.hasIllegalPermissions(entry, EptEntry.EXECUTE, false)).isFalse();
    }
}
