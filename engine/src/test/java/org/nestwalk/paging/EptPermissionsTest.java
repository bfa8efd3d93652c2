package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.EptEntry.EXECUTE;
import static org.nestwalk.bits.EptEntry.USER_EXECUTE;
import static org.nestwalk.paging.AccessType.FETCH;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.USER;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.ExitQualification;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.paging.TestMachine.Kind;

/// Intel SDM volume 3C, sections 28.2.2 and 28.2.3.2: sizes, levels and permissions of EPT.
class EptPermissionsTest {
    private final TestMachine machine = TestMachine.ept();

    @ParameterizedTest
    @CsvSource({"4, 1", "4, 2", "4, 3", "5, 1", "5, 2", "5, 3"})
    void everyLevelAndSizeTranslates(int levels, int leaf) {
        TestMachine walked = new TestMachine(Kind.EPT, 4, 1, levels, leaf);
        assertThat(walked.allows(READ)).isTrue();
        assertThat(walked.result().guestPhysicalAddress())
                .isEqualTo((walked.gpa & ~0xfffL) | (walked.gva & 0xfff));
        assertThat(walked.result().hostPhysicalAddress())
                .isEqualTo(walked.result().guestPhysicalAddress() + TestMachine.HOST);
        assertThat(walked.result().secondPageSize()).isEqualTo(PageSize.ofLevel(leaf));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "1, 2, 1", "2, 1, 1", "2, 2, 2", "2, 3, 2", "3, 2, 2", "3, 3, 3"})
    void smallerOfBothPagesIsWhatATlbMayHold(int guestLeaf, int secondLeaf, int effective) {
        TestMachine walked = new TestMachine(Kind.EPT, 4, guestLeaf, 4, secondLeaf);
        assertThat(walked.allows(READ)).isTrue();
        assertThat(walked.result().effectiveLevel()).isEqualTo(effective);
        assertThat(walked.result().guestPageLevel()).isEqualTo(guestLeaf);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void writeNeedsWritePermissionAtEveryLevel(int level) {
        machine.data(level).clear(EptEntry.WRITE);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.allows(FETCH)).isTrue();
        machine.violation(WRITE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void fetchNeedsExecutePermissionAtEveryLevel(int level) {
        machine.data(level).clear(EXECUTE);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.allows(WRITE)).isTrue();
        machine.violation(FETCH);
        machine.violation(FETCH | USER);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void executeOnlyPageCanBeFetchedAndNotRead(int level) {
        machine.data(level).clear(EptEntry.READ | EptEntry.WRITE);
        assertThat(machine.allows(FETCH)).isTrue();
        machine.violation(READ);
        machine.violation(WRITE);
    }

    @Test
    void modeBasedExecuteSplitsTheExecutePermission() {
        machine.modeBasedExecute = true;
        machine.data(1).put(EXECUTE | USER_EXECUTE, USER_EXECUTE);
        for (int level = 2; level <= 4; level++) {
            machine.data(level).set(USER_EXECUTE);
        }
        assertThat(machine.allows(FETCH | USER)).isTrue();
        machine.guest(1).clear(PagingEntry.USER);
        machine.violation(FETCH);
        machine.data(1).put(EXECUTE | USER_EXECUTE, EXECUTE);
        assertThat(machine.allows(FETCH)).isTrue();
        machine.guest(1).set(PagingEntry.USER);
        machine.violation(FETCH | USER);
    }

    @Test
    void modeBasedExecuteGoesByTheLinearAddressAndNotByThePrivilegeLevel() {
        machine.modeBasedExecute = true;
        machine.data(1).put(EXECUTE | USER_EXECUTE, EXECUTE);
        machine.violation(FETCH);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void userExecuteIsNeededAtEveryLevel(int level) {
        machine.modeBasedExecute = true;
        for (int each = 1; each <= 4; each++) {
            machine.data(each).put(USER_EXECUTE, each == level ? 0 : USER_EXECUTE);
        }
        machine.violation(FETCH | USER);
    }

    @Test
    void entryWithUserExecuteAloneIsPresentOnlyWithModeBasedExecute() {
        machine.modeBasedExecute = true;
        for (int level = 2; level <= 4; level++) {
            machine.data(level).set(USER_EXECUTE);
        }
        machine.data(1).put(7 | USER_EXECUTE, USER_EXECUTE);
        assertThat(machine.allows(FETCH | USER)).isTrue();
        machine.modeBasedExecute = false;
        machine.violation(FETCH | USER);
    }

    @Test
    void bit10IsIgnoredWithoutModeBasedExecute() {
        machine.data(1).put(EXECUTE | USER_EXECUTE, USER_EXECUTE);
        machine.violation(FETCH | USER);
    }

    @Test
    void translationTellsWhoMayExecute() {
        machine.data(1).set(USER_EXECUTE);
        assertThat(rights(READ)).isEqualTo(SecondLevelTranslation.ALL);
        machine.data(1).clear(EXECUTE);
        assertThat(rights(READ))
                .isEqualTo(SecondLevelTranslation.READ | SecondLevelTranslation.WRITE);
        machine.modeBasedExecute = true;
        for (int level = 2; level <= 4; level++) {
            machine.data(level).set(USER_EXECUTE);
        }
        assertThat(rights(READ))
                .isEqualTo(
                        SecondLevelTranslation.READ
                                | SecondLevelTranslation.WRITE
                                | SecondLevelTranslation.USER_EXECUTE);
    }

    private long rights(int type) {
        assertThat(machine.allows(type)).isTrue();
        return machine.result().secondLevel() & SecondLevelTranslation.ALL;
    }

    @Test
    void addressBeyond48BitsHasNoTranslationInFourLevels() {
        machine.guest(1).set(1L << 48);
        assertThat(machine.violation(READ))
                .isEqualTo(
                        ExitQualification.READ
                                | ExitQualification.LINEAR_VALID
                                | ExitQualification.FINAL);
        assertThat(machine.result().guestPhysicalAddress() >>> 48).isEqualTo(1);
    }

    @Test
    void addressBeyond48BitsIsTranslatedByFiveLevels() {
        TestMachine walked = new TestMachine(Kind.EPT, 5, 1, 5, 1);
        assertThat(walked.gpa >>> 48).isEqualTo(3);
        assertThat(walked.allows(READ)).isTrue();
    }

    @Test
    void pointerNamesRootLevelsAndFlags() {
        assertThat(ExtendedPageTables.pointer(0x1234_5000, 4, false)).isEqualTo(0x1234_501eL);
        assertThat(ExtendedPageTables.pointer(0x1234_5000, 5, true)).isEqualTo(0x1234_5066L);
    }

    @Test
    void writeBackOfBothGivesWriteBack() {
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.result().memoryType()).isEqualTo(MemoryType.WB);
        assertThat(machine.result().secondLevel()).isNotZero();
    }
}
