package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.ControlRegisters.CR0_WP;
import static org.nestwalk.bits.ControlRegisters.CR4_PKE;
import static org.nestwalk.bits.ControlRegisters.CR4_PKS;
import static org.nestwalk.paging.AccessType.FETCH;
import static org.nestwalk.paging.AccessType.IMPLICIT;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.USER;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PagingEntry;

/// Intel SDM volume 3A, section 4.6.2.
class ProtectionKeysTest {
    private static final int KEY = 9;
    private static final long NO_ACCESS = 1L << 2 * KEY;
    private static final long NO_WRITE = 2L << 2 * KEY;
    private static final long DENIED = PageFaultCode.PROTECTION | PageFaultCode.PROTECTION_KEY;
    private static final long W = PageFaultCode.WRITE;
    private static final long U = PageFaultCode.USER;

    private final TestMachine machine = TestMachine.plain();

    ProtectionKeysTest() {
        machine.guest(1).set((long) KEY << 59);
    }

    private void supervisorPage() {
        machine.guest(1).clear(PagingEntry.USER);
    }

    @Test
    void accessDisableForbidsDataAccessesToUserPagesInBothModes() {
        machine.cr4 |= CR4_PKE;
        machine.pkru = NO_ACCESS;
        assertThat(machine.pageFault(READ | USER)).isEqualTo(DENIED | U);
        assertThat(machine.pageFault(WRITE | USER)).isEqualTo(DENIED | W | U);
        assertThat(machine.pageFault(READ)).isEqualTo(DENIED);
        assertThat(machine.pageFault(WRITE)).isEqualTo(DENIED | W);
    }

    @Test
    void keysDoNotGovernFetches() {
        machine.cr4 |= CR4_PKE;
        machine.pkru = -1;
        assertThat(machine.allows(FETCH | USER)).isTrue();
    }

    @Test
    void writeDisableForbidsWritesOnly() {
        machine.cr4 |= CR4_PKE;
        machine.pkru = NO_WRITE;
        assertThat(machine.allows(READ | USER)).isTrue();
        assertThat(machine.pageFault(WRITE | USER)).isEqualTo(DENIED | W | U);
        assertThat(machine.pageFault(WRITE)).isEqualTo(DENIED | W);
    }

    @Test
    void writeDisableHoldsInSupervisorModeOnlyUnderWriteProtect() {
        machine.cr4 |= CR4_PKE;
        machine.pkru = NO_WRITE;
        machine.cr0 &= ~CR0_WP;
        assertThat(machine.allows(WRITE)).isTrue();
        assertThat(machine.pageFault(WRITE | USER)).isEqualTo(DENIED | W | U);
    }

    @Test
    void rightsOfOtherKeysDoNotMatter() {
        machine.cr4 |= CR4_PKE;
        machine.pkru = ~(NO_ACCESS | NO_WRITE);
        assertThat(machine.allows(WRITE | USER)).isTrue();
    }

    @Test
    void userKeysAreOffWithoutTheirControlBit() {
        machine.cr4 |= CR4_PKS;
        machine.pkru = -1;
        assertThat(machine.allows(WRITE | USER)).isTrue();
    }

    @Test
    void supervisorPagesAreGovernedByTheirOwnRegister() {
        supervisorPage();
        machine.cr4 |= CR4_PKS;
        machine.pkrs = NO_ACCESS;
        assertThat(machine.pageFault(READ)).isEqualTo(DENIED);
        machine.pkrs = NO_WRITE;
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.pageFault(WRITE)).isEqualTo(DENIED | W);
        machine.pkrs = 0;
        machine.pkru = -1;
        assertThat(machine.allows(WRITE)).isTrue();
    }

    @Test
    void writeDisableOfSupervisorPagesSpeaksOfNoWriteWithoutWriteProtect() {
        supervisorPage();
        machine.cr4 |= CR4_PKS;
        machine.pkrs = NO_WRITE;
        machine.cr0 &= ~CR0_WP;
        assertThat(machine.allows(WRITE)).isTrue();
        assertThat(machine.allows(WRITE | IMPLICIT)).isTrue();
        assertThat(machine.pageFault(WRITE | USER)).isEqualTo(PageFaultCode.PROTECTION | W | U);
        machine.cr0 |= CR0_WP;
        assertThat(machine.pageFault(WRITE | USER)).isEqualTo(DENIED | W | U);
        assertThat(machine.pageFault(WRITE | IMPLICIT)).isEqualTo(DENIED | W);
    }

    @Test
    void accessDisableOfSupervisorPagesIsReportedToUserModeToo() {
        supervisorPage();
        machine.cr4 |= CR4_PKS;
        machine.pkrs = NO_ACCESS;
        machine.cr0 &= ~CR0_WP;
        assertThat(machine.pageFault(READ | USER)).isEqualTo(DENIED | U);
        assertThat(machine.pageFault(WRITE | USER)).isEqualTo(DENIED | W | U);
    }

    @Test
    void supervisorKeysDoNotGovernFetches() {
        supervisorPage();
        machine.cr4 |= CR4_PKS;
        machine.pkrs = -1;
        assertThat(machine.allows(FETCH)).isTrue();
        assertThat(machine.pageFault(FETCH | USER))
                .isEqualTo(PageFaultCode.PROTECTION | PageFaultCode.FETCH | U);
    }

    @Test
    void supervisorKeysAreOffWithoutTheirControlBit() {
        supervisorPage();
        machine.cr4 |= CR4_PKE;
        machine.pkrs = -1;
        assertThat(machine.allows(WRITE)).isTrue();
    }

    @Test
    void userPageIsGovernedByUserRightsEvenIfSupervisorKeysAreOn() {
        machine.cr4 |= CR4_PKE | CR4_PKS;
        machine.pkrs = -1;
        assertThat(machine.allows(WRITE)).isTrue();
    }
}
