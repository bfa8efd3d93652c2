package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.ControlRegisters.CR4_SMEP;
import static org.nestwalk.bits.ControlRegisters.EFER_NXE;
import static org.nestwalk.paging.AccessType.FETCH;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.USER;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.paging.TestMachine.Kind;

/// AMD APM volume 2, sections 15.25.5 to 15.25.7, with the vectors of kvm-unit-tests' `svm_npt.c`.
class NestedPageTablesTest {
    private final TestMachine machine = TestMachine.npt();

    private static TestMachine npt(int levels, int leaf) {
        return new TestMachine(Kind.NPT, 4, 1, levels, leaf);
    }

    private void assertFaultIsOnTheData() {
        assertThat(machine.result().guestPhysicalAddress())
                .isEqualTo((machine.gpa & ~0xfffL) | (machine.gva & 0xfff));
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "4, 2", "4, 3", "5, 1", "5, 2", "5, 3"})
    void everyLevelAndSizeTranslates(int levels, int leaf) {
        TestMachine walked = npt(levels, leaf);
        for (int type : new int[] {READ, WRITE, FETCH | USER}) {
            assertThat(walked.allows(type)).isTrue();
        }
        assertThat(walked.result().hostPhysicalAddress())
                .isEqualTo(((walked.gpa & ~0xfffL) | (walked.gva & 0xfff)) + TestMachine.HOST);
        assertThat(walked.result().secondPageSize()).isEqualTo(PageSize.ofLevel(leaf));
        assertThat(walked.result().memoryType()).isEqualTo(MemoryType.WB);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void missingPageIsAUserAccessToTheFinalAddress(int level) {
        machine.data(level).put(0);
        assertThat(machine.nestedFault(READ)).isEqualTo(0x1_0000_0004L);
        assertFaultIsOnTheData();
        assertThat(machine.nestedFault(WRITE)).isEqualTo(0x1_0000_0006L);
        assertThat(machine.nestedFault(FETCH)).isEqualTo(0x1_0000_0014L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void noExecuteForbidsFetches(int level) {
        machine.data(level).set(PagingEntry.NO_EXECUTE);
        assertThat(machine.nestedFault(FETCH)).isEqualTo(0x1_0000_0015L);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.allows(WRITE)).isTrue();
    }

    @Test
    void guestsNoExecuteEnableDoesNotMatterToTheHostsTables() {
        machine.efer = 0;
        machine.data(1).set(PagingEntry.NO_EXECUTE);
        assertThat(machine.nestedFault(FETCH)).isEqualTo(0x1_0000_0015L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void supervisorPageCannotBeUsed(int level) {
        machine.data(level).clear(PagingEntry.USER);
        assertThat(machine.nestedFault(READ)).isEqualTo(0x1_0000_0005L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void readOnlyPageCannotBeWritten(int level) {
        machine.data(level).clear(PagingEntry.WRITE);
        assertThat(machine.nestedFault(WRITE)).isEqualTo(0x1_0000_0007L);
        assertThat(machine.nestedFault(WRITE | USER)).isEqualTo(0x1_0000_0007L);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.allows(FETCH)).isTrue();
    }

    @Test
    void readOnlyGuestTableFaultsEvenForReads() {
        machine.table(4).clear(PagingEntry.WRITE);
        for (int level = 1; level <= 4; level++) {
            machine.guest(level).set(PagingEntry.ACCESSED | PagingEntry.DIRTY);
        }
        assertThat(machine.nestedFault(READ)).isEqualTo(0x2_0000_0007L);
        assertThat(machine.result().guestPhysicalAddress()).isEqualTo(machine.guestEntryAddress(4));
        assertThat(machine.nestedFault(FETCH)).isEqualTo(0x2_0000_0007L);
    }

    @Test
    void missingGuestTableIsAWrite() {
        machine.table(1).put(0);
        assertThat(machine.nestedFault(READ)).isEqualTo(0x2_0000_0006L);
        assertThat(machine.result().guestPhysicalAddress()).isEqualTo(machine.guestEntryAddress(1));
    }

    @Test
    void guestTablesMayBeNoExecutePages() {
        machine.table(1).set(PagingEntry.NO_EXECUTE);
        assertThat(machine.allows(FETCH)).isTrue();
    }

    @Test
    void reservedBitUnderAGuestTable() {
        machine.features = new PagingFeatures(51, true, true, true, false, true);
        machine.table(4).set(1L << 51);
        assertThat(machine.nestedFault(READ)).isEqualTo(0x2_0000_000fL);
    }

    @Test
    void reservedBitUnderThePage() {
        machine.features = new PagingFeatures(51, true, true, true, false, true);
        machine.data(1).set(1L << 51);
        assertThat(machine.nestedFault(READ)).isEqualTo(0x1_0000_000dL);
        assertThat(machine.nestedFault(FETCH)).isEqualTo(0x1_0000_001dL);
    }

    @Test
    void bit8OfHighEntriesIsReserved() {
        machine.data(4).set(PagingEntry.GLOBAL);
        assertThat(machine.nestedFault(READ)).isEqualTo(0x1_0000_000dL);
    }

    @Test
    void bit63IsReservedIfTheHostHasNoNoExecute() {
        machine.hostEfer = 0;
        machine.data(2).set(PagingEntry.NO_EXECUTE);
        assertThat(machine.nestedFault(READ)).isEqualTo(0x1_0000_000dL);
    }

    @Test
    void gibPagesAreReservedWhereTheyAreNotSupported() {
        TestMachine walked = npt(4, 3);
        walked.features = new PagingFeatures(52, true, false, true, false, true);
        assertThat(walked.nestedFault(READ)).isEqualTo(0x2_0000_000fL);
    }

    @Test
    void fetchIsReportedIfTheHostHasNoExecuteOrSmep() {
        machine.data(1).put(0);
        machine.hostEfer = 0;
        assertThat(machine.nestedFault(FETCH)).isEqualTo(0x1_0000_0004L);
        machine.hostCr4 = CR4_SMEP;
        assertThat(machine.nestedFault(FETCH)).isEqualTo(0x1_0000_0014L);
        machine.hostCr4 = 0;
        machine.hostEfer = EFER_NXE;
        assertThat(machine.nestedFault(FETCH)).isEqualTo(0x1_0000_0014L);
    }

    @Test
    void addressBeyond48BitsIsMissingInFourLevels() {
        machine.guest(1).set(1L << 50);
        assertThat(machine.nestedFault(READ)).isEqualTo(0x1_0000_0004L);
        assertThat(machine.result().guestPhysicalAddress() >>> 48).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void flagsOfThePageAreSetAsItIsUsed(int leaf) {
        TestMachine walked = npt(4, leaf);
        assertThat(walked.allows(READ)).isTrue();
        assertThat(walked.data(leaf).has(PagingEntry.ACCESSED)).isTrue();
        assertThat(walked.data(leaf).has(PagingEntry.DIRTY)).isFalse();
        assertThat(walked.result().dirty()).isFalse();
        assertThat(walked.allows(WRITE)).isTrue();
        assertThat(walked.data(leaf).has(PagingEntry.DIRTY)).isTrue();
        assertThat(walked.data(4).has(PagingEntry.DIRTY)).isFalse();
        assertThat(walked.data(4).has(PagingEntry.ACCESSED)).isTrue();
        assertThat(walked.result().dirty()).isTrue();
    }

    @Test
    void guestTablesCountAsWritten() {
        assertThat(machine.allows(READ)).isTrue();
        for (int level = 1; level <= 4; level++) {
            assertThat(machine.table(level).has(PagingEntry.ACCESSED | PagingEntry.DIRTY)).isTrue();
        }
    }

    @Test
    void flagsAreSetRootFirstAndOnce() {
        Steps first = new Steps();
        machine.visitor = first;
        machine.allows(WRITE);
        assertThat(first.toString()).endsWith("(0 S4 S3 S2 S1 s4 s3 s2 s1");
        Steps second = new Steps();
        machine.visitor = second;
        machine.allows(WRITE);
        assertThat(second.toString()).doesNotContain("s", "g");
    }

    @Test
    void faultSetsNoFlagOnItsPath() {
        machine.data(1).clear(PagingEntry.WRITE);
        machine.nestedFault(WRITE);
        assertThat(machine.data(4).has(PagingEntry.ACCESSED)).isFalse();
    }
}
