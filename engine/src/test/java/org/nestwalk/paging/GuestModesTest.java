package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.ControlRegisters.CR0_PG;
import static org.nestwalk.bits.ControlRegisters.CR4_PGE;
import static org.nestwalk.bits.ControlRegisters.CR4_SMAP;
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
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.paging.TestMachine.Kind;

/// Levels, sizes, canonical addresses, reserved bits, and paging off.
class GuestModesTest {
    private static final long RESERVED = PageFaultCode.PROTECTION | PageFaultCode.RESERVED;

    private final TestMachine machine = TestMachine.plain();

    private static TestMachine plain(int levels, int leaf) {
        return new TestMachine(Kind.NATIVE, levels, leaf, 4, 1);
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "4, 2", "4, 3", "5, 1", "5, 2", "5, 3"})
    void everyLevelAndSizeTranslates(int levels, int leaf) {
        TestMachine walked = plain(levels, leaf);
        assertThat(walked.allows(READ)).isTrue();
        PageSize size = PageSize.ofLevel(leaf);
        long offset = walked.gva & size.offsetMask();
        assertThat(walked.result().hostPhysicalAddress())
                .isEqualTo((walked.gpa & ~size.offsetMask()) | offset);
        assertThat(walked.result().guestPageSize()).isEqualTo(size);
    }

    @ParameterizedTest
    @CsvSource({"4, 800000000000", "4, ffff7fffffffffff", "5, 100000000000000"})
    void nonCanonicalAddressIsAGeneralProtectionFault(int levels, String linear) {
        TestMachine walked = plain(levels, 1);
        assertThat(walked.walk(Long.parseUnsignedLong(linear, 16), READ))
                .isEqualTo(Outcome.GENERAL_PROTECTION);
    }

    @Test
    void addressOf57BitsIsCanonicalWithFiveLevelsOnly() {
        long linear = 0xa5L << 48;
        assertThat(plain(5, 1).walk(linear | 0x1000, READ)).isEqualTo(Outcome.PAGE_FAULT);
        assertThat(plain(4, 1).walk(linear | 0x1000, READ)).isEqualTo(Outcome.GENERAL_PROTECTION);
    }

    @Test
    void highHalfAddressesAreCanonical() {
        long linear = 0xffff_8000_0000_0000L | 0x1000;
        machine.map(linear, machine.gpa);
        assertThat(machine.walk(linear, READ)).isEqualTo(Outcome.OK);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void addressBitBeyondThePhysicalWidthIsReservedAtEveryLevel(int level) {
        machine.features = new PagingFeatures(46, true, true, true, false, false);
        machine.guest(level).set(1L << 46);
        assertThat(machine.pageFault(READ)).isEqualTo(RESERVED);
        assertThat(machine.pageFault(WRITE | USER))
                .isEqualTo(RESERVED | PageFaultCode.WRITE | PageFaultCode.USER);
    }

    @Test
    void widestAddressBitIsNotReserved() {
        machine.features = new PagingFeatures(46, true, true, true, false, false);
        machine.guest(1).set(1L << 45);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.result().hostPhysicalAddress() >>> 45).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void bit63IsReservedAtEveryLevelWithoutNoExecute(int level) {
        machine.efer &= ~EFER_NXE;
        machine.guest(level).set(PagingEntry.NO_EXECUTE);
        assertThat(machine.pageFault(READ)).isEqualTo(RESERVED);
    }

    @ParameterizedTest
    @CsvSource({"2, 13", "2, 20", "3, 13", "3, 29"})
    void lowAddressBitsOfALargePageAreReserved(int leaf, int bit) {
        TestMachine walked = plain(4, leaf);
        walked.guest(leaf).set(1L << bit);
        assertThat(walked.pageFault(READ)).isEqualTo(RESERVED);
    }

    @ParameterizedTest
    @CsvSource({"4, 4", "5, 4", "5, 5"})
    void pageSizeBitIsReservedAboveLevelThree(int levels, int level) {
        TestMachine walked = plain(levels, 1);
        walked.guest(level).set(PagingEntry.LARGE);
        assertThat(walked.pageFault(READ)).isEqualTo(RESERVED);
    }

    @Test
    void gibPagesAreReservedWhereTheyAreNotSupported() {
        TestMachine walked = plain(4, 3);
        walked.features = new PagingFeatures(52, false, true, true, false, false);
        assertThat(walked.pageFault(READ)).isEqualTo(RESERVED);
    }

    @Test
    void bit8OfHighEntriesIsReservedOnAmdOnly() {
        machine.guest(4).set(PagingEntry.GLOBAL);
        assertThat(machine.allows(READ)).isTrue();
        machine.features = PagingFeatures.ALL_AMD;
        assertThat(machine.pageFault(READ)).isEqualTo(RESERVED);
    }

    @Test
    void reservedBitInAMissingEntryDoesNotMatter() {
        machine.features = new PagingFeatures(46, true, true, true, false, false);
        machine.guest(1).put(1L << 50);
        assertThat(machine.pageFault(READ)).isZero();
    }

    @Test
    void lowBitsOfCr3AreNotPartOfTheRoot() {
        TestMachine walked = plain(4, 1);
        GuestRegisters registers = walked.registers();
        GuestRegisters tagged =
                new GuestRegisters(
                        registers.cr0(),
                        registers.cr3() | 0xfff,
                        registers.cr4(),
                        registers.efer(),
                        0,
                        0,
                        registers.pat());
        Walker walker =
                new Walker(
                        walked.memory,
                        tagged,
                        walked.features,
                        SecondLevel.NONE,
                        WalkVisitor.NONE,
                        WalkCaches.NONE);
        assertThat(walker.walk(walked.gva, READ)).isEqualTo(Outcome.OK);
    }

    @Test
    void withPagingOffLinearAddressesAreGuestPhysicalOnes() {
        TestMachine walked = TestMachine.ept();
        walked.cr0 &= ~CR0_PG;
        walked.cr4 |= CR4_SMAP | CR4_PGE;
        Steps steps = new Steps();
        walked.visitor = steps;
        for (int type : new int[] {READ, WRITE, FETCH, WRITE | USER}) {
            assertThat(walked.walk(walked.gpa, type)).isEqualTo(Outcome.OK);
        }
        WalkResult result = walked.result();
        assertThat(steps.toString()).startsWith("(0 S4 S3 S2 S1 (0 ");
        assertThat(result.guestPhysicalAddress()).isEqualTo(walked.gpa);
        assertThat(result.hostPhysicalAddress()).isEqualTo(walked.gpa + TestMachine.HOST);
        assertThat(result.guestPageSize()).isEqualTo(PageSize.SIZE_4K);
        assertThat(result.memoryType()).isEqualTo(MemoryType.WB);
        assertThat(result.guestWritable() && result.guestUser() && !result.guestNoExecute())
                .isTrue();
        assertThat(result.global()).isFalse();
        assertThat(result.protectionKey()).isZero();
        assertThat(result.dirty()).isTrue();
    }

    @Test
    void withPagingOffNonCanonicalAddressesAreNotSpecial() {
        machine.cr0 &= ~CR0_PG;
        assertThat(machine.registers().isPagingEnabled()).isFalse();
        assertThat(machine.walk(0x8000_0000_0000L, READ)).isEqualTo(Outcome.OK);
        assertThat(machine.result().hostPhysicalAddress()).isEqualTo(0x8000_0000_0000L);
    }
}
