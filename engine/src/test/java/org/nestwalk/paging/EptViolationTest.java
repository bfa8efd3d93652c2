package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.ExitQualification.EXECUTABLE;
import static org.nestwalk.bits.ExitQualification.FINAL;
import static org.nestwalk.bits.ExitQualification.LINEAR_VALID;
import static org.nestwalk.bits.ExitQualification.NO_EXECUTE_PAGE;
import static org.nestwalk.bits.ExitQualification.READABLE;
import static org.nestwalk.bits.ExitQualification.USER_EXECUTABLE;
import static org.nestwalk.bits.ExitQualification.USER_PAGE;
import static org.nestwalk.bits.ExitQualification.WRITABLE;
import static org.nestwalk.bits.ExitQualification.WRITABLE_PAGE;
import static org.nestwalk.paging.AccessType.FETCH;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.USER;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PagingEntry;

/// The exit qualification of an EPT violation (Intel SDM volume 3C, table 27-7), with the vectors
/// of kvm-unit-tests' `vmx_tests.c` for accesses to paging structures.
class EptViolationTest {
    private static final long LAST = LINEAR_VALID | FINAL;
    private static final PagingFeatures ADVANCED =
            new PagingFeatures(52, true, true, true, true, false);

    private final TestMachine machine = TestMachine.ept();

    @ParameterizedTest
    @ValueSource(ints = {READ, WRITE, FETCH})
    void missingDataPageReportsTheAccessAndNoPermission(int type) {
        machine.data(1).put(0);
        assertThat(machine.violation(type)).isEqualTo(type | LAST);
        assertThat(machine.violation(type | USER)).isEqualTo(type | LAST);
        assertThat(machine.result().guestPhysicalAddress())
                .isEqualTo((machine.gpa & ~0xfffL) | (machine.gva & 0xfff));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void missingTableOfTheSecondLevelReportsNoPermission(int level) {
        machine.data(level).put(0);
        assertThat(machine.violation(WRITE)).isEqualTo(WRITE | LAST);
    }

    @Test
    void writeToAReadOnlyPageReportsItsPermissions() {
        machine.data(1).put(7, EptEntry.READ);
        assertThat(machine.violation(WRITE)).isEqualTo(WRITE | READABLE | LAST);
    }

    @Test
    void readOfAnExecuteOnlyPageReportsItsPermissions() {
        machine.data(1).put(7, EptEntry.EXECUTE);
        assertThat(machine.violation(READ)).isEqualTo(READ | EXECUTABLE | LAST);
    }

    @Test
    void fetchFromADataPageReportsItsPermissions() {
        machine.data(1).put(7, EptEntry.READ | EptEntry.WRITE);
        assertThat(machine.violation(FETCH)).isEqualTo(FETCH | READABLE | WRITABLE | LAST);
    }

    @Test
    void permissionsAreTheAndOfAllLevels() {
        machine.data(3).clear(EptEntry.WRITE);
        machine.data(1).clear(EptEntry.EXECUTE);
        assertThat(machine.violation(WRITE)).isEqualTo(WRITE | READABLE | LAST);
    }

    @Test
    void userExecutePermissionIsReportedWithModeBasedExecuteOnly() {
        for (int level = 1; level <= 4; level++) {
            machine.data(level).set(EptEntry.USER_EXECUTE);
        }
        machine.data(1).clear(EptEntry.WRITE);
        assertThat(machine.violation(WRITE)).isEqualTo(WRITE | READABLE | EXECUTABLE | LAST);
        machine.modeBasedExecute = true;
        assertThat(machine.violation(WRITE))
                .isEqualTo(WRITE | READABLE | EXECUTABLE | USER_EXECUTABLE | LAST);
    }

    @Test
    void advancedInformationDescribesTheGuestsPage() {
        machine.features = ADVANCED;
        machine.data(1).put(0);
        assertThat(machine.violation(READ)).isEqualTo(READ | LAST | USER_PAGE | WRITABLE_PAGE);
        machine.guest(1).clear(PagingEntry.USER);
        assertThat(machine.violation(READ)).isEqualTo(READ | LAST | WRITABLE_PAGE);
        machine.guest(2).clear(PagingEntry.WRITE);
        assertThat(machine.violation(READ)).isEqualTo(READ | LAST);
        machine.guest(3).set(PagingEntry.NO_EXECUTE);
        assertThat(machine.violation(READ)).isEqualTo(READ | LAST | NO_EXECUTE_PAGE);
    }

    @Test
    void advancedInformationIsNotGivenForGuestTables() {
        machine.features = ADVANCED;
        machine.table(1).put(0);
        assertThat(machine.violation(READ)).isEqualTo(READ | LINEAR_VALID);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void missingGuestTableIsARead(int guestLevel) {
        machine.table(guestLevel).put(0);
        for (int type : new int[] {READ, WRITE, FETCH, READ | USER}) {
            assertThat(machine.violation(type)).isEqualTo(READ | LINEAR_VALID);
        }
        assertThat(machine.result().guestPhysicalAddress())
                .isEqualTo(machine.guestEntryAddress(guestLevel));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void missingGuestTableIsAReadAndAWriteWithAccessedAndDirtyFlags(int guestLevel) {
        machine.accessedDirty = true;
        machine.table(guestLevel).put(0);
        for (int type : new int[] {READ, WRITE, FETCH}) {
            assertThat(machine.violation(type)).isEqualTo(READ | WRITE | LINEAR_VALID);
        }
    }

    @Test
    void readOnlyGuestTablesMayBeUsedIfNoFlagIsMissing() {
        for (int level = 1; level <= 4; level++) {
            machine.guest(level).set(PagingEntry.ACCESSED);
            machine.table(level).put(7, EptEntry.READ);
        }
        machine.guest(1).set(PagingEntry.DIRTY);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.allows(WRITE)).isTrue();
    }

    @Test
    void accessedFlagInAReadOnlyGuestTableIsAReadAndAWrite() {
        machine.table(1).put(7, EptEntry.READ);
        machine.guest(1).set(PagingEntry.DIRTY);
        assertThat(machine.violation(READ)).isEqualTo(READ | WRITE | READABLE | LINEAR_VALID);
        assertThat(machine.result().guestPhysicalAddress()).isEqualTo(machine.guestEntryAddress(1));
        assertThat(machine.guest(2).has(PagingEntry.ACCESSED)).isTrue();
        assertThat(machine.guest(1).has(PagingEntry.ACCESSED)).isFalse();
    }

    @Test
    void dirtyFlagInAReadOnlyGuestTableIsAReadAndAWrite() {
        machine.table(1).put(7, EptEntry.READ);
        machine.guest(1).set(PagingEntry.ACCESSED);
        assertThat(machine.violation(WRITE)).isEqualTo(READ | WRITE | READABLE | LINEAR_VALID);
        assertThat(machine.allows(READ)).isTrue();
    }

    @Test
    void readOnlyGuestTableIsNeverAllowedWithAccessedAndDirtyFlags() {
        machine.accessedDirty = true;
        machine.guest(1).set(PagingEntry.ACCESSED | PagingEntry.DIRTY);
        machine.table(1).put(7, EptEntry.READ);
        assertThat(machine.violation(READ)).isEqualTo(READ | WRITE | READABLE | LINEAR_VALID);
    }

    @Test
    void guestTablesNeedNotBeExecutable() {
        machine.table(1).put(7, EptEntry.READ | EptEntry.WRITE);
        assertThat(machine.allows(FETCH)).isTrue();
    }
}
