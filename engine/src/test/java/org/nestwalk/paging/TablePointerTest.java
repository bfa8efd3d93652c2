package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TablePointerTest {
    @Test
    void addressAndRightsAreKeptApart() {
        long table = TablePointer.pack(0xfffa_bcde_f123_4fffL, TablePointer.USER);
        assertThat(TablePointer.address(table)).isEqualTo(0x000a_bcde_f123_4000L);
        assertThat(TablePointer.rights(table)).isEqualTo(TablePointer.USER);
    }
}
