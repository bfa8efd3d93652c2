package org.nestwalk.mmu.sets;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineSetsTest {
    /// A tag has 32 bits: of 46, a power of two of sets must say at least 7 where fingerprints tell
    /// 7 more; of other counts the quotient must fit, and its reciprocal be exact.
    @Test
    void shapesThatTheTagTellsApartFit() {
        assertThat(LineSets.fit(128, 16)).isTrue();
        assertThat(LineSets.fit(64, 16)).isFalse();
        assertThat(LineSets.fit(1 << 20, 1)).isTrue();
        assertThat(LineSets.fit(128, 17)).isFalse();
        assertThat(LineSets.fit(129, 8)).isFalse();
        assertThat(LineSets.fit((1 << 14) - 1, 8)).isFalse();
        assertThat(LineSets.fit((1 << 14) + 1, 8)).isTrue();
        assertThat(LineSets.fit((1 << 14) + 1, 17)).isFalse();
        assertThat(LineSets.fit((1 << 18) - 1, 8)).isTrue();
        assertThat(LineSets.fit((1 << 18) + 1, 8)).isFalse();
    }

    @Test
    void linesOfOneSetFillItsWays() {
        for (int ways : new int[] {1, 7, 8, 9, 16}) {
            for (int sets : new int[] {128, (1 << 14) + 1}) {
                LineSets lines = new LineSets(sets, ways);
                for (long i = 0; i <= ways; i++) {
                    long line = 5 + i * sets;
                    assertThat(lines.useOrInsert(line, Fingerprints.spreadLine(line))).isFalse();
                }
                for (long i = 0; i <= ways; i++) {
                    long line = 5 + i * sets;
                    assertThat(lines.holds(line, Fingerprints.spreadLine(line)))
                            .as("%d of %d ways, %d sets", i, ways, sets)
                            .isEqualTo(i > 0);
                }
                lines.clear();
                long last = 5 + (long) ways * sets;
                assertThat(lines.holds(last, Fingerprints.spreadLine(last))).isFalse();
            }
        }
    }
}
