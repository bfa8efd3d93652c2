package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.paging.AccessType.FETCH;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.paging.TestMachine.Kind;

/// Intel SDM volume 3C, section 28.2.3.1.
class EptMisconfigurationTest {
    private static final PagingFeatures NO_EXECUTE_ONLY =
            new PagingFeatures(52, true, true, false, false, false);

    private final TestMachine machine = TestMachine.ept();

    private void assertMisconfigured(TestMachine walked, int type) {
        assertThat(walked.walk(type)).isEqualTo(Outcome.EPT_MISCONFIGURATION);
        assertThat(walked.result().guestPhysicalAddress())
                .isEqualTo((walked.gpa & ~0xfffL) | (walked.gva & 0xfff));
        assertThat(walked.result().code()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "1, 6", "2, 2", "3, 6", "4, 2", "4, 6"})
    void writableAndNotReadableIsMisconfiguredAtEveryLevel(int level, int rights) {
        machine.data(level).put(7, rights);
        assertMisconfigured(machine, READ);
        assertMisconfigured(machine, WRITE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void executeOnlyIsMisconfiguredWhereItIsNotSupported(int level) {
        machine.features = NO_EXECUTE_ONLY;
        machine.data(level).put(7, EptEntry.EXECUTE);
        assertMisconfigured(machine, FETCH);
    }

    @Test
    void userExecuteOnlyIsMisconfiguredWhereExecuteOnlyIsNotSupported() {
        machine.features = NO_EXECUTE_ONLY;
        machine.modeBasedExecute = true;
        machine.data(1).put(7 | EptEntry.USER_EXECUTE, EptEntry.USER_EXECUTE);
        assertMisconfigured(machine, FETCH);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void reservedMemoryTypeOfALeafIsMisconfigured(int type) {
        for (int leaf = 1; leaf <= 3; leaf++) {
            TestMachine walked = new TestMachine(Kind.EPT, 4, 1, 4, leaf);
            walked.data(leaf).put(7 << 3, EptEntry.ofMemoryType(type));
            assertMisconfigured(walked, READ);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void addressBitBeyondThePhysicalWidthIsMisconfiguredAtEveryLevel(int level) {
        machine.features = new PagingFeatures(46, true, true, true, false, false);
        machine.data(level).set(1L << 46);
        assertMisconfigured(machine, READ);
    }

    @ParameterizedTest
    @CsvSource({"2, 3", "2, 6", "3, 4", "3, 6", "4, 3", "4, 7"})
    void lowBitsOfATableEntryAreReserved(int level, int bit) {
        machine.data(level).set(1L << bit);
        assertMisconfigured(machine, READ);
    }

    @Test
    void pageSizeBitIsReservedAtLevelFive() {
        TestMachine walked = new TestMachine(Kind.EPT, 4, 1, 5, 1);
        walked.data(5).set(EptEntry.LARGE);
        assertMisconfigured(walked, READ);
    }

    @ParameterizedTest
    @CsvSource({"2, 12", "2, 20", "3, 12", "3, 29"})
    void lowAddressBitsOfALargePageAreReserved(int leaf, int bit) {
        TestMachine walked = new TestMachine(Kind.EPT, 4, 1, 4, leaf);
        walked.data(leaf).set(1L << bit);
        assertMisconfigured(walked, READ);
    }

    @Test
    void gibPagesAreMisconfiguredWhereTheyAreNotSupported() {
        TestMachine walked = new TestMachine(Kind.EPT, 4, 1, 4, 3);
        walked.features = new PagingFeatures(52, true, false, true, false, false);
        assertThat(walked.walk(READ)).isEqualTo(Outcome.EPT_MISCONFIGURATION);
    }

    @Test
    void misconfigurationOnATableNamesTheGuestsEntry() {
        machine.table(2).put(EptEntry.WRITE);
        assertThat(machine.walk(READ)).isEqualTo(Outcome.EPT_MISCONFIGURATION);
        assertThat(machine.result().guestPhysicalAddress()).isEqualTo(machine.guestEntryAddress(2));
    }

    @Test
    void misconfiguredEntryDoesNotSetFlags() {
        machine.accessedDirty = true;
        machine.data(1).put(EptEntry.WRITE);
        machine.walk(READ);
        assertThat(machine.data(4).has(EptEntry.ACCESSED)).isFalse();
    }
}
