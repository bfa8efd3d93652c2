package org.nestwalk.mmu.sets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FingerprintsTest {
    @Test
    void matchesMarksExactlyTheEqualBytes() {
        SplittableRandom random = new SplittableRandom(3);
        for (int step = 0; step < 10_000; step++) {
            // Few values, so that equal and adjacent ones meet.
            long prints = random.nextLong() & 0x8103_8103_8103_8103L;
            int print = random.nextInt(4);
            long expected = 0;
            for (int way = 0; way < 8; way++) {
                if (((prints >>> (8 * way)) & 0xff) == print) {
                    expected |= 0x80L << (8 * way);
                }
            }
            assertThat(Fingerprints.matches(prints, print * 0x0101_0101_0101_0101L))
                    .isEqualTo(expected);
        }
    }

    @Test
    void noTagHasTheFingerprintOfAFreeWay() {
        for (long tag = 0; tag < 10_000; tag++) {
            assertThat(Fingerprints.of(tag)).isBetween(1L, 255L);
        }
    }

    @Test
    void linesThatDifferOnlyAboveTheLowest39BitsHaveDifferentFingerprints() {
        SplittableRandom random = new SplittableRandom(4);
        for (int step = 0; step < 2_000; step++) {
            long low = random.nextLong(1L << 39);
            Set<Long> prints = new HashSet<>();
            for (long high = 0; high < 128; high++) {
                long print = Fingerprints.spreadLine(high << 39 | low) & 0xff;
                assertThat(print).isNotZero();
                assertThat(prints.add(print)).as("high %d low %x", high, low).isTrue();
            }
        }
    }

    @Test
    void fingerprintsOfLinesAreSpread() {
        int[] counts = new int[256];
        for (long line = 0; line < 255_000; line++) {
            long prints = Fingerprints.spreadLine(line);
            assertThat(prints).isEqualTo((prints & 0xff) * 0x0101_0101_0101_0101L);
            counts[(int) prints & 0xff]++;
        }
        for (int print = 1; print < 256; print++) {
            assertThat(counts[print]).as("of %d", print).isBetween(900, 1_100);
        }
    }

    @Test
    void aMaskKeepsTheLowestBytes() {
        assertThat(Fingerprints.mask(-4)).isZero();
        assertThat(Fingerprints.mask(2)).isEqualTo(0xffff);
        assertThat(Fingerprints.mask(8)).isEqualTo(-1L);
        assertThat(Fingerprints.mask(12)).isEqualTo(-1L);
    }
}
