package org.nestwalk.bits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PagingEntryTest {
    @ParameterizedTest
    @CsvSource({"1, 0, true", "2, 80, true", "3, 80, true", "2, 0, false", "4, 80, false"})
    void leavesAreAtLevelOneOrMarkedAtLevelsTwoAndThree(int level, String hex, boolean leaf) {
        assertThat(PagingEntry.isLeaf(Long.parseLong(hex, 16), level)).isEqualTo(leaf);
        assertThat(EptEntry.isLeaf(Long.parseLong(hex, 16), level)).isEqualTo(leaf);
    }

    @Test
    void pageIsAlignedToItsSize() {
        long entry = -1;
        assertThat(PagingEntry.page(entry, 1)).isEqualTo(0x000f_ffff_ffff_f000L);
        assertThat(PagingEntry.page(entry, 2)).isEqualTo(0x000f_ffff_ffe0_0000L);
        assertThat(PagingEntry.page(entry, 3)).isEqualTo(0x000f_ffff_c000_0000L);
        assertThat(EptEntry.page(entry, 2)).isEqualTo(0x000f_ffff_ffe0_0000L);
    }

    @Test
    void tableAddressHasNoFlags() {
        assertThat(PagingEntry.table(-1)).isEqualTo(0x000f_ffff_ffff_f000L);
    }

    @Test
    void protectionKeyIsInBits62To59() {
        assertThat(PagingEntry.protectionKey(0xaL << 59 | 1L << 63 | 1L << 58)).isEqualTo(0xa);
    }

    @Test
    void patIndexOfASmallPageUsesBit7() {
        assertThat(PagingEntry.patIndex(1L << 7, 1)).isEqualTo(4);
        assertThat(PagingEntry.patIndex(1L << 4, 1)).isEqualTo(2);
        assertThat(PagingEntry.patIndex(1L << 3, 1)).isEqualTo(1);
        assertThat(PagingEntry.patIndex(-1, 1)).isEqualTo(7);
        assertThat(PagingEntry.patIndex(1L << 12, 1)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"2", "3"})
    void patIndexOfALargePageUsesBit12(int level) {
        assertThat(PagingEntry.patIndex(1L << 12, level)).isEqualTo(4);
        assertThat(PagingEntry.patIndex(3L << 3, level)).isEqualTo(3);
        assertThat(PagingEntry.patIndex(1L << 7, level)).isZero();
    }

    /// Columns: level, leaf, reserved bits with 52 physical-address bits and everything supported.
    @ParameterizedTest
    @CsvSource({
        "1, true, 0",
        "2, false, 0",
        "2, true, 1fe000",
        "3, false, 0",
        "3, true, 3fffe000",
        "4, false, 80",
        "5, false, 80",
    })
    void eachLevelReservesItsBits(int level, boolean leaf, String reserved) {
        assertThat(PagingEntry.reservedBits(level, leaf, 52, true, true, false))
                .isEqualTo(Long.parseLong(reserved, 16));
    }

    @Test
    void addressBitsBeyondThePhysicalWidthAreReserved() {
        assertThat(PagingEntry.reservedBits(1, true, 46, true, true, false)).isEqualTo(0x3fL << 46);
        assertThat(PagingEntry.reservedBits(1, true, 51, true, true, false)).isEqualTo(1L << 51);
    }

    @Test
    void bit63IsReservedWithoutNoExecute() {
        assertThat(PagingEntry.reservedBits(1, true, 52, false, true, false)).isEqualTo(1L << 63);
    }

    @Test
    void pageSizeBitAtLevelThreeIsReservedWithoutGibPages() {
        assertThat(PagingEntry.reservedBits(3, true, 52, true, false, false))
                .isEqualTo(0x3fff_e000L | 0x80);
        assertThat(PagingEntry.reservedBits(2, true, 52, true, false, false)).isEqualTo(0x1f_e000L);
        assertThat(PagingEntry.reservedBits(3, false, 52, true, false, false)).isZero();
    }

    @Test
    void amdReservesBit8AboveLevelThree() {
        assertThat(PagingEntry.reservedBits(4, false, 52, true, true, true)).isEqualTo(0x180);
        assertThat(PagingEntry.reservedBits(5, false, 52, true, true, true)).isEqualTo(0x180);
        assertThat(PagingEntry.reservedBits(3, false, 52, true, true, true)).isZero();
    }
}
