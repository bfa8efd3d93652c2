package org.nestwalk.document;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "%,d time{s} ; 0 times ; 1 time ; 2 times",
                "%,d access{es} {was|were} left out"
                        + " ; 0 accesses were left out ; 1 access was left out"
                        + " ; 2 accesses were left out",
                "%2$s: %1$d {entry|entries}, 9 %% ; of: 0 entries, 9 % ; of: 1 entry, 9 %"
                        + " ; of: 2 entries, 9 %",
            })
    void wordsFollowTheCountBeforeThem(String format, String none, String one, String two) {
        assertThat(Figures.format(format, 0, "of")).isEqualTo(none);
        assertThat(Figures.format(format, 1L, "of")).isEqualTo(one);
        assertThat(Figures.format(format, 2, "of")).isEqualTo(two);
    }

    @Test
    void eachCountHasItsOwnWords() {
        String format = "%s: %,d walk{s}, %.2f each, %,d reference{s}";
        assertThat(Figures.format(format, "a{s}", 1, 1.0, 4_000))
                .isEqualTo("a{s}: 1 walk, 1.00 each, 4,000 references");
        assertThat(Figures.format(format, "b", 4_000, 1.0, 1))
                .isEqualTo("b: 4,000 walks, 1.00 each, 1 reference");
    }
}
