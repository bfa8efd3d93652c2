package org.nestwalk.bits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    @ParameterizedTest
    @CsvSource({"0, false, false", "1, true, false", "2, false, true", "3, true, false"})
    void kindTellsWritesAndFetches(int kind, boolean write, boolean fetch) {
        long access = Access.pack(kind, 0x7fff_ffff_ffffL);
        assertThat(Access.kind(access)).isEqualTo(kind);
        assertThat(Access.isWrite(access)).isEqualTo(write);
        assertThat(Access.isFetch(access)).isEqualTo(fetch);
        assertThat(Access.isContinued(access)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 0x7fff_ffff_ffffL, 0xff_ffff_ffff_ffffL, 0xff00_0000_0000_0000L, -1, -4096})
    void canonicalAddressesSurvivePacking(long address) {
        assertThat(Access.address(Access.pack(Access.MODIFY, address))).isEqualTo(address);
        assertThat(Access.address(Access.packContinued(Access.LOAD, address))).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(ints = {Access.LOAD, Access.STORE, Access.FETCH, Access.MODIFY})
    void secondPartOfAnAccessIsMarkedAndKeepsItsKind(int kind) {
        long access = Access.packContinued(kind, 0x1000);
        assertThat(Access.isContinued(access)).isTrue();
        assertThat(Access.kind(access)).isEqualTo(kind);
    }

    @Test
    void furtherPartsBelongToTheAccessBefore() {
        long[] block = {
            Access.pack(Access.LOAD, 0xff8),
            Access.packContinued(Access.LOAD, 0x1000),
            Access.packContinued(Access.LOAD, 0x2000),
            Access.pack(Access.STORE, 8),
            Access.pack(Access.MODIFY, 0x1ffc),
            Access.packContinued(Access.MODIFY, 0x2000)
        };
        assertThat(Access.count(block, 0, 6)).isEqualTo(3);
        assertThat(Access.count(block, 1, 4)).isEqualTo(1);
        assertThat(Access.skip(block, 0, 6, 1)).isEqualTo(3);
        assertThat(Access.skip(block, 0, 6, 2)).isEqualTo(4);
        assertThat(Access.skip(block, 3, 6, 9)).isEqualTo(6);
    }
}
