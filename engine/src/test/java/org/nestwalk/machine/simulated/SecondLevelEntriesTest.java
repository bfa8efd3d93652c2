package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Rights as bits 0 to 2 of EPT entries (Intel SDM volume 3C, table 28-7) and as P, W and NX of
/// AMD's (APM volume 2, section 15.25.5).
class SecondLevelEntriesTest {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int ALL = 7;
    private static final long NX = 1L << 63;
    private static final long HELD = 1L << 52;
    private static final long FLAGS = 0x60;

    @Test
    void eptHasABitForEachRight() {
        for (int rights : new int[] {1, 3, 4, 5, 7}) {
            long entry = SecondLevelEntries.EPT.with(0x5000, rights);
            assertThat(entry).isEqualTo(0x5000 | rights);
            assertThat(SecondLevelEntries.EPT.with(0x5000 | ALL | FLAGS, rights))
                    .isEqualTo(0x5000 | rights | FLAGS);
            assertThat(SecondLevelEntries.EPT.rights(entry)).isEqualTo(rights);
        }
        assertThat(SecondLevelEntries.EPT.rights(0x5000)).isZero();
    }

    @Test
    void nestedTablesHaveABitAgainstExecuting() {
        SecondLevelEntries npt = SecondLevelEntries.NPT;
        assertThat(npt.with(0x5003, READ)).isEqualTo(0x5001 | NX);
        assertThat(npt.with(0x5001, READ | WRITE)).isEqualTo(0x5003 | NX);
        assertThat(npt.with(0x5003 | NX, READ | EXECUTE)).isEqualTo(0x5001);
        assertThat(npt.with(0x5001 | NX | FLAGS, ALL)).isEqualTo(0x5003 | FLAGS);
        for (int rights : new int[] {1, 3, 5, 7}) {
            assertThat(npt.rights(npt.with(0x5003, rights))).isEqualTo(rights);
        }
        assertThat(npt.rights(NX)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void entryWithoutRightsIsHeldAndKeepsTheRest(SecondLevelEntries entries) {
        long held = entries.with(entries.with(0x5000 | FLAGS, ALL), 0);
        assertThat(held & ALL).as("not present for a processor").isZero();
        assertThat(held & ~NX).isEqualTo(0x5000 | FLAGS | HELD);
        assertThat(entries.format().isPresent(held)).isTrue();
        assertThat(entries.rights(held)).isZero();
        assertThat(entries.with(held, READ) & HELD).isZero();
        assertThat(entries.with(held, ALL)).isEqualTo(entries.with(0x5000 | FLAGS, ALL));
    }

    @Test
    void whatNoEntryCanGrantIsNotGranted() {
        for (SecondLevelEntries entries : SecondLevelEntries.values()) {
            for (int rights : new int[] {1, 3, 5, 7}) {
                assertThat(entries.grantable(rights)).isEqualTo(rights);
            }
            assertThat(entries.grantable(0)).isZero();
            assertThat(entries.grantable(WRITE)).isZero();
        }
        assertThat(SecondLevelEntries.EPT.grantable(EXECUTE)).isEqualTo(EXECUTE);
        assertThat(SecondLevelEntries.EPT.grantable(WRITE | EXECUTE)).isEqualTo(EXECUTE);
        assertThat(SecondLevelEntries.NPT.grantable(EXECUTE)).isZero();
        assertThat(SecondLevelEntries.NPT.grantable(WRITE | EXECUTE)).isZero();
    }
}
