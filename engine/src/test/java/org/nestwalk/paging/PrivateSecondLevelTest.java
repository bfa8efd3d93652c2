package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.encryption.EncryptedMemory;
import org.nestwalk.memory.encryption.MemoryKey;
import org.nestwalk.memory.encryption.ReverseMap;

/// Four guest tables from 0x1000 on, which map the linear page 0 to the guest page 0x5000.
class PrivateSecondLevelTest {
    private static final long HOST = 0x40_0000;
    private static final long LARGE = 2L << 20;
    private static final int TABLE = 7;
    private static final int ASID = 3;

    private final FlatMemory memory = new FlatMemory(0);
    private final ReverseMap owners = new ReverseMap(memory, 1 << 12);
    private final PageTable nested = new PageTable(memory, frames(), TableFormat.X86, 4);

    private static TableFrames frames() {
        return new TableFrames() {
            private long next = 0x80_0000;

            @Override
            public long allocate() {
                next += 4096;
                return next;
            }

            @Override
            public long hostPhysical(long address) {
                return address;
            }
        };
    }

    private static GuestRegisters registers(boolean paging) {
        return new GuestRegisters(
                ControlRegisters.CR0_PE
                        | ControlRegisters.CR0_WP
                        | (paging ? ControlRegisters.CR0_PG : 0),
                0x1000,
                0,
                ControlRegisters.EFER_NXE,
                0,
                0,
                GuestRegisters.PAT_AFTER_RESET);
    }

    private Walker walker(int bit, boolean encrypted, boolean owned, boolean paging) {
        PagingFeatures host = PagingFeatures.ALL_AMD.withPhysicalBits(bit);
        long mask = encrypted ? 1L << bit : 0;
        NestedPageTables tables =
                new NestedPageTables(nested.root(), 0, ControlRegisters.EFER_NXE, host);
        return new Walker(
                encrypted ? new EncryptedMemory(memory, MemoryKey.drawn(1, 1), mask) : memory,
                registers(paging),
                encrypted ? host.withPhysicalBits(bit + 1) : host,
                new PrivateSecondLevel(tables, mask, owners, owned ? ASID : ReverseMap.HYPERVISOR),
                WalkVisitor.NONE,
                WalkCaches.NONE);
    }

    private void mapSmallPages() {
        for (long gpa = 0; gpa < 0x8000; gpa += 4096) {
            nested.map(gpa, HOST + gpa, PageSize.SIZE_4K);
        }
    }

    /// Writes the guest's tables as it would itself.
    private void writeTables(int bit, boolean encrypted, long leaf) {
        long mask = encrypted ? 1L << bit : 0;
        EncryptedMemory view = new EncryptedMemory(memory, MemoryKey.drawn(1, 1), 1L << bit);
        for (long table = 0x1000; table < 0x5000; table += 0x1000) {
            long next = table + 0x1000;
            view.release(mask | HOST + table);
            view.write(mask | HOST + table, (next == 0x5000 ? leaf : next) | TABLE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 47, 51})
    void tablesArePrivateAndTheLeafSaysWhetherThePageIs(int bit) {
        mapSmallPages();
        long mask = 1L << bit;
        writeTables(bit, true, 0x5000 | mask);
        Walker walker = walker(bit, true, false, true);
        assertThat(walker.walk(0x123, AccessType.WRITE)).isEqualTo(Outcome.OK);
        assertThat(walker.result().hostPhysicalAddress()).isEqualTo(mask | HOST + 0x5123);
        writeTables(bit, true, 0x5000);
        assertThat(walker.walk(0x123, AccessType.WRITE)).isEqualTo(Outcome.OK);
        assertThat(walker.result().hostPhysicalAddress()).isEqualTo(HOST + 0x5123);
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 47, 51})
    void bitIsReservedInTablesOfOthers(int bit) {
        mapSmallPages();
        writeTables(bit, false, 0x5000 | 1L << bit);
        Walker walker = walker(bit, false, false, true);
        assertThat(walker.walk(0, AccessType.READ)).isEqualTo(Outcome.PAGE_FAULT);
        assertThat(walker.result().code() & PageFaultCode.RESERVED).isNotZero();
        writeTables(bit, false, 0x5000);
        assertThat(walker.walk(0, AccessType.READ)).isEqualTo(Outcome.OK);
    }

    @Test
    void bitAboveTheEncryptionBitIsReserved() {
        mapSmallPages();
        writeTables(47, true, 0x5000 | 1L << 48);
        Walker walker = walker(47, true, false, true);
        assertThat(walker.walk(0, AccessType.READ)).isEqualTo(Outcome.PAGE_FAULT);
        assertThat(walker.result().code() & PageFaultCode.RESERVED).isNotZero();
    }

    @Test
    void faultsTellTheAddressWithoutTheBit() {
        Walker walker = walker(51, true, false, false);
        assertThat(walker.walk(1L << 51 | 0x5008, AccessType.READ))
                .isEqualTo(Outcome.NESTED_PAGE_FAULT);
        assertThat(walker.result().guestPhysicalAddress()).isEqualTo(0x5008);
    }

    @Test
    void ownershipIsJudgedAtTheEndOfTheNestedWalk() {
        mapSmallPages();
        Walker walker = walker(51, true, true, false);
        long gpa = 1L << 51 | 0x5008;
        long refused =
                PageFaultCode.OWNERSHIP
                        | PageFaultCode.ENCRYPTED
                        | PageFaultCode.NESTED_FINAL
                        | PageFaultCode.USER
                        | PageFaultCode.PROTECTION;
        assertThat(walker.walk(gpa, AccessType.READ)).isEqualTo(Outcome.NESTED_PAGE_FAULT);
        assertThat(walker.result().code()).isEqualTo(refused);
        owners.assign(HOST + 0x5000, PageSize.SIZE_4K, ASID, 0x5000);
        assertThat(walker.walk(gpa, AccessType.READ)).isEqualTo(Outcome.VMM_COMMUNICATION);
        owners.validate(HOST + 0x5000);
        assertThat(walker.walk(gpa, AccessType.READ)).isEqualTo(Outcome.OK);
        assertThat(walker.walk(0x5008, AccessType.WRITE)).isEqualTo(Outcome.NESTED_PAGE_FAULT);
        assertThat(walker.result().code())
                .isEqualTo(refused & ~PageFaultCode.ENCRYPTED | PageFaultCode.WRITE);
    }

    @Test
    void largeMappingOfSmallEntriesIsASizeMismatch() {
        nested.map(0, HOST, PageSize.SIZE_2M);
        owners.assign(HOST, PageSize.SIZE_2M, ASID, 0);
        owners.validate(HOST);
        Walker walker = walker(51, true, true, false);
        long gpa = 1L << 51 | LARGE - 8;
        assertThat(walker.walk(gpa, AccessType.WRITE)).isEqualTo(Outcome.OK);
        owners.smash(HOST);
        assertThat(walker.walk(gpa, AccessType.WRITE)).isEqualTo(Outcome.NESTED_PAGE_FAULT);
        assertThat(walker.result().code() & PageFaultCode.SIZE_MISMATCH).isNotZero();
        LargePages.split(nested, 0);
        assertThat(walker.walk(gpa, AccessType.WRITE)).isEqualTo(Outcome.OK);
    }

    @Test
    void othersGetWhatIsOwnedForReadingOnly() {
        mapSmallPages();
        owners.assign(HOST + 0x5000, PageSize.SIZE_4K, ASID, 0x5000);
        Walker walker = walker(51, false, false, false);
        assertThat(walker.walk(0x5000, AccessType.READ)).isEqualTo(Outcome.OK);
        assertThat(walker.result().dirty()).isFalse();
        assertThat(walker.walk(0x5000, AccessType.WRITE)).isEqualTo(Outcome.NESTED_PAGE_FAULT);
        assertThat(walker.result().code() & PageFaultCode.OWNERSHIP).isNotZero();
    }
}
