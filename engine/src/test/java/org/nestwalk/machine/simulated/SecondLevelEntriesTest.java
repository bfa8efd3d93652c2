package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// Rights as bits 0 to 2 of EPT entries (Intel SDM volume 3C, table 28-7) and as P, W and NX of
/// AMD's (APM volume 2, section 15.25.5).
class SecondLevelEntriesTest {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final long NX = 1L << 63;

    @Test
    void eptHasABitForEachRight() {
        for (int rights : new int[] {1, 3, 4, 5, 7}) {
            long entry = 0x5000 | SecondLevelEntries.EPT.setFor(rights);
            assertThat(entry).isEqualTo(0x5000 | rights);
            assertThat(SecondLevelEntries.EPT.clearFor(rights)).isEqualTo(7 - rights);
            assertThat(SecondLevelEntries.EPT.rights(entry)).isEqualTo(rights);
            assertThatCode(() -> SecondLevelEntries.EPT.check(rights)).doesNotThrowAnyException();
        }
        assertThat(SecondLevelEntries.EPT.rights(0x5000)).isZero();
    }

    @Test
    void nestedTablesHaveABitAgainstExecuting() {
        assertThat(SecondLevelEntries.NPT.setFor(READ)).isEqualTo(1 | NX);
        assertThat(SecondLevelEntries.NPT.clearFor(READ)).isEqualTo(2);
        assertThat(SecondLevelEntries.NPT.setFor(READ | WRITE)).isEqualTo(3 | NX);
        assertThat(SecondLevelEntries.NPT.setFor(READ | EXECUTE)).isEqualTo(1);
        assertThat(SecondLevelEntries.NPT.clearFor(READ | EXECUTE)).isEqualTo(2 | NX);
        assertThat(SecondLevelEntries.NPT.setFor(READ | WRITE | EXECUTE)).isEqualTo(3);
        for (int rights : new int[] {1, 3, 5, 7}) {
            assertThat(SecondLevelEntries.NPT.rights(SecondLevelEntries.NPT.setFor(rights)))
                    .isEqualTo(rights);
        }
        assertThat(SecondLevelEntries.NPT.rights(NX)).isZero();
    }

    @Test
    void whatNoEntryCanGrantIsRefused() {
        for (int rights : new int[] {0, 2, 6, 8, 9, -1}) {
            for (SecondLevelEntries entries : SecondLevelEntries.values()) {
                assertThatThrownBy(() -> entries.check(rights))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("no second-level page has rights " + rights);
            }
        }
        assertThatThrownBy(() -> SecondLevelEntries.NPT.check(EXECUTE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
