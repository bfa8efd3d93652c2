package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.ControlRegisters.CR0_WP;
import static org.nestwalk.bits.ControlRegisters.CR4_SMAP;
import static org.nestwalk.bits.ControlRegisters.CR4_SMEP;
import static org.nestwalk.bits.ControlRegisters.EFER_NXE;
import static org.nestwalk.paging.AccessType.ALIGNMENT_CHECK;
import static org.nestwalk.paging.AccessType.FETCH;
import static org.nestwalk.paging.AccessType.IMPLICIT;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.USER;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PagingEntry;

/// Intel SDM volume 3A, section 4.6: who may do what, and 4.7: how the error code says it.
class GuestPermissionsTest {
    private static final long P = PageFaultCode.PROTECTION;
    private static final long W = PageFaultCode.WRITE;
    private static final long U = PageFaultCode.USER;
    private static final long I = PageFaultCode.FETCH;

    private final TestMachine machine = TestMachine.plain();

    private void supervisorPage() {
        machine.guest(1).clear(PagingEntry.USER);
    }

    private void readOnlyPage() {
        machine.guest(1).clear(PagingEntry.WRITE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void missingEntryAtAnyLevelFaultsAsNotPresent(int level) {
        machine.guest(level).clear(PagingEntry.PRESENT);
        assertThat(machine.pageFault(READ)).isZero();
        assertThat(machine.pageFault(WRITE | USER)).isEqualTo(W | U);
        assertThat(machine.pageFault(FETCH)).isEqualTo(I);
        assertThat(machine.result().linearAddress()).isEqualTo(machine.gva);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void userNeedsUserAccessAtEveryLevel(int level) {
        machine.guest(level).clear(PagingEntry.USER);
        assertThat(machine.pageFault(READ | USER)).isEqualTo(P | U);
        assertThat(machine.pageFault(WRITE | USER)).isEqualTo(P | W | U);
        assertThat(machine.pageFault(FETCH | USER)).isEqualTo(P | U | I);
        assertThat(machine.allows(READ)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void userWriteNeedsWritePermissionAtEveryLevel(int level) {
        machine.guest(level).clear(PagingEntry.WRITE);
        assertThat(machine.pageFault(WRITE | USER)).isEqualTo(P | W | U);
        assertThat(machine.allows(READ | USER)).isTrue();
    }

    @Test
    void supervisorWriteNeedsWritePermissionUnderWriteProtect() {
        readOnlyPage();
        assertThat(machine.pageFault(WRITE)).isEqualTo(P | W);
    }

    @Test
    void supervisorMayWriteReadOnlyPagesWithoutWriteProtect() {
        readOnlyPage();
        machine.cr0 &= ~CR0_WP;
        assertThat(machine.allows(WRITE)).isTrue();
        assertThat(machine.allows(WRITE | USER)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void noExecuteAtAnyLevelForbidsFetches(int level) {
        machine.guest(level).set(PagingEntry.NO_EXECUTE);
        assertThat(machine.pageFault(FETCH)).isEqualTo(P | I);
        assertThat(machine.pageFault(FETCH | USER)).isEqualTo(P | U | I);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.allows(WRITE)).isTrue();
    }

    @Test
    void readOnlyPagesMayBeExecuted() {
        readOnlyPage();
        assertThat(machine.allows(FETCH)).isTrue();
        assertThat(machine.allows(FETCH | USER)).isTrue();
    }

    @Test
    void supervisorMayFetchFromUserPagesWithoutSmep() {
        assertThat(machine.allows(FETCH)).isTrue();
    }

    @Test
    void smepForbidsSupervisorFetchesFromUserPages() {
        machine.cr4 |= CR4_SMEP;
        assertThat(machine.pageFault(FETCH)).isEqualTo(P | I);
        assertThat(machine.allows(FETCH | USER)).isTrue();
        assertThat(machine.allows(READ)).isTrue();
        supervisorPage();
        assertThat(machine.allows(FETCH)).isTrue();
    }

    @Test
    void fetchIsReportedOnlyWithNoExecuteOrSmep() {
        machine.guest(1).put(0);
        machine.efer &= ~EFER_NXE;
        assertThat(machine.pageFault(FETCH)).isZero();
        machine.cr4 |= CR4_SMEP;
        assertThat(machine.pageFault(FETCH)).isEqualTo(I);
    }

    @Test
    void smapForbidsSupervisorDataAccessesToUserPages() {
        machine.cr4 |= CR4_SMAP;
        assertThat(machine.pageFault(READ)).isEqualTo(P);
        assertThat(machine.pageFault(WRITE)).isEqualTo(P | W);
        assertThat(machine.allows(FETCH)).isTrue();
        assertThat(machine.allows(READ | USER)).isTrue();
    }

    @Test
    void smapLetsSupervisorUseSupervisorPages() {
        machine.cr4 |= CR4_SMAP;
        supervisorPage();
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.allows(WRITE)).isTrue();
    }

    @Test
    void alignmentCheckFlagLiftsSmapForExplicitAccesses() {
        machine.cr4 |= CR4_SMAP;
        assertThat(machine.allows(READ | ALIGNMENT_CHECK)).isTrue();
        assertThat(machine.allows(WRITE | ALIGNMENT_CHECK)).isTrue();
    }

    @Test
    void smapHoldsForImplicitAccessesWhateverTheFlag() {
        machine.cr4 |= CR4_SMAP;
        assertThat(machine.pageFault(READ | IMPLICIT)).isEqualTo(P);
        assertThat(machine.pageFault(WRITE | IMPLICIT | ALIGNMENT_CHECK)).isEqualTo(P | W);
    }

    @Test
    void implicitAccessesAreSupervisorOnesWithoutSmap() {
        assertThat(machine.allows(READ | IMPLICIT)).isTrue();
    }

    @Test
    void alignmentCheckFlagDoesNotMakeReadOnlyPagesWritable() {
        machine.cr4 |= CR4_SMAP;
        readOnlyPage();
        assertThat(machine.pageFault(WRITE | ALIGNMENT_CHECK)).isEqualTo(P | W);
    }
}
