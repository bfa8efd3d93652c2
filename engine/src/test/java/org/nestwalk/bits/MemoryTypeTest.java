package org.nestwalk.bits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryTypeTest {
    private static int type(String name) {
        return IntStream.range(0, 8)
                .filter(type -> MemoryType.name(type).equals(name))
                .findFirst()
                .orElseThrow();
    }

    /// Intel SDM volume 3A, table 11-7, with the EPT memory type in the MTRRs' place.
    @ParameterizedTest
    @CsvSource({
        "UC, UC, UC", "UC, UC-, UC", "UC, WC, WC", "UC, WT, UC", "UC, WB, UC", "UC, WP, UC",
        "WC, UC, UC", "WC, UC-, WC", "WC, WC, WC", "WC, WT, UC", "WC, WB, WC", "WC, WP, UC",
        "WT, UC, UC", "WT, UC-, UC", "WT, WC, WC", "WT, WT, WT", "WT, WB, WT", "WT, WP, WP",
        "WB, UC, UC", "WB, UC-, UC", "WB, WC, WC", "WB, WT, WT", "WB, WB, WB", "WB, WP, WP",
        "WP, UC, UC", "WP, UC-, WC", "WP, WC, WC", "WP, WT, WT", "WP, WB, WP", "WP, WP, WP",
    })
    void typesCombineAsInTheManualsTable(String under, String pat, String effective) {
        assertThat(MemoryType.name(MemoryType.combine(type(pat), type(under))))
                .isEqualTo(effective);
    }

    @Test
    void eptKnowsFiveTypes() {
        List<Integer> valid =
                IntStream.range(0, 8).filter(MemoryType::isValidForEpt).boxed().toList();
        assertThat(valid).containsExactly(0, 1, 4, 5, 6);
    }

    @Test
    void everyTypeHasItsName() {
        assertThat(IntStream.range(0, 8).mapToObj(MemoryType::name))
                .containsExactly("UC", "WC", "reserved(2)", "reserved(3)", "WT", "WP", "WB", "UC-");
    }

    @Test
    void patHoldsEightEntriesOfThreeBits() {
        long pat = 0xff06_0504_0302_0100L;
        assertThat(IntStream.range(0, 8).map(i -> MemoryType.ofPat(pat, i)))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }
}
