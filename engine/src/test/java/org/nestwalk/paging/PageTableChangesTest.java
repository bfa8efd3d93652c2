package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.SparseMemory;

/// What changes a [PageTable] that is in use.
class PageTableChangesTest {
    private static final long ADDRESS = 0x7abc_c000_0000L;
    private static final long TARGET = 0x12_4000_0000L;

    private final SparseMemory memory = new SparseMemory();
    private final CountedFrames frames = new CountedFrames(memory);

    private PageTable table(TableFormat format) {
        return new PageTable(memory, frames, format, 4);
    }

    @ParameterizedTest
    @CsvSource({"X86, SIZE_4K", "X86, SIZE_2M", "X86, SIZE_1G", "EPT, SIZE_4K", "EPT, SIZE_2M"})
    void unmappingGivesTheEntryAndAllTablesButTheRootBack(TableFormat format, PageSize size) {
        PageTable table = table(format);
        table.map(ADDRESS, TARGET, size);
        long entry = format.leaf(TARGET, size.level());
        assertThat(table.entry(ADDRESS + size.offsetMask())).isEqualTo(entry);
        assertThat(table.unmap(ADDRESS + size.offsetMask())).isEqualTo(entry);
        assertThat(table.lookup(ADDRESS)).isEqualTo(-1);
        assertThat(table.entry(ADDRESS)).isZero();
        assertThat(table.tables()).isEqualTo(1);
        assertThat(frames.used()).isEqualTo(1);
        assertThat(table.unmap(ADDRESS)).isZero();
        table.map(ADDRESS, TARGET, PageSize.SIZE_1G);
        assertThat(table.lookup(ADDRESS)).isEqualTo(TARGET);
    }

    @Test
    void tablesWithOtherPagesStay() {
        PageTable table = table(TableFormat.X86);
        table.map(ADDRESS, TARGET, PageSize.SIZE_4K);
        table.map(ADDRESS + 0x20_0000, TARGET, PageSize.SIZE_4K);
        table.map(ADDRESS + 0x20_1000, TARGET, PageSize.SIZE_4K);
        table.unmap(ADDRESS + 0x20_1000);
        assertThat(table.tables()).isEqualTo(5);
        table.unmap(ADDRESS + 0x20_0000);
        assertThat(table.tables()).isEqualTo(4);
        assertThat(table.leafLevel(ADDRESS)).isEqualTo(1);
        table.unmap(ADDRESS);
        assertThat(table.tables()).isEqualTo(1);
    }

    @Test
    void everyWrittenEntryIsCounted() {
        PageTable table = table(TableFormat.X86);
        table.map(ADDRESS, TARGET, PageSize.SIZE_4K);
        assertThat(table.entriesWritten()).isEqualTo(4);
        table.protect(ADDRESS, PagingEntry.WRITE, 0);
        assertThat(table.entriesWritten()).isEqualTo(5);
        table.unmap(ADDRESS);
        assertThat(table.entriesWritten()).isEqualTo(9);
    }

    @Test
    void framesThatCannotBeGivenBackAreReportedAfterUnmapping() {
        TableFrames keeping =
                new TableFrames() {
                    private long next;

                    @Override
                    public long allocate() {
                        next += 0x1000;
                        return next;
                    }

                    @Override
                    public long hostPhysical(long address) {
                        return address;
                    }
                };
        PageTable table = new PageTable(memory, keeping, TableFormat.X86, 4);
        table.map(ADDRESS, TARGET, PageSize.SIZE_4K);
        table.map(ADDRESS + 0x1000, TARGET, PageSize.SIZE_4K);
        table.unmap(ADDRESS);
        assertThatThrownBy(() -> table.unmap(ADDRESS + 0x1000))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("0x4000");
        assertThat(table.lookup(ADDRESS + 0x1000)).isEqualTo(-1);
    }

    @Test
    void protectionChangesOnlyTheBitsAsked() {
        PageTable table = table(TableFormat.X86);
        table.map(ADDRESS, TARGET, PageSize.SIZE_2M);
        long old = table.entry(ADDRESS);
        assertThat(
                        table.protect(
                                ADDRESS + 0x1234,
                                PagingEntry.WRITE | PagingEntry.GLOBAL,
                                PagingEntry.NO_EXECUTE))
                .isEqualTo(old);
        assertThat(table.entry(ADDRESS))
                .isEqualTo((old & ~PagingEntry.WRITE) | PagingEntry.NO_EXECUTE);
        assertThat(table.protect(ADDRESS - 1, 0, PagingEntry.DIRTY)).isZero();
        assertThat(table.entry(ADDRESS - 1)).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table.protect(ADDRESS, PagingEntry.LARGE, 0));
    }

    @ParameterizedTest
    @EnumSource
    void entryThatIsNotPresentKeepsWhatSoftwareWrote(TableFormat format) {
        PageTable table = table(format);
        table.map(ADDRESS, TARGET, PageSize.SIZE_4K);
        long swapped = 0xabcd_0000L << 8;
        table.setEntry(ADDRESS, 1, swapped);
        assertThat(table.lookup(ADDRESS)).isEqualTo(-1);
        assertThat(table.leafLevel(ADDRESS)).isZero();
        assertThat(table.entry(ADDRESS)).isEqualTo(swapped);
        assertThat(table.protect(ADDRESS, 0, 1)).isZero();
        table.map(ADDRESS + 0x1000, TARGET, PageSize.SIZE_4K);
        table.unmap(ADDRESS + 0x1000);
        assertThat(table.tables()).isEqualTo(4);
        assertThat(table.unmap(ADDRESS)).isEqualTo(swapped);
        assertThat(table.tables()).isEqualTo(1);
    }

    @Test
    void entryWithoutPIsNotPresentWhateverItsRights() {
        PageTable table = table(TableFormat.X86);
        table.map(ADDRESS, TARGET, PageSize.SIZE_4K);
        table.protect(ADDRESS, PagingEntry.PRESENT, 0);
        assertThat(table.lookup(ADDRESS)).isEqualTo(-1);
        assertThat(table.isFree(ADDRESS, PageSize.SIZE_4K)).isTrue();
    }

    @Test
    void rightsOfATableEntryCanBeChangedButNotItsTable() {
        PageTable table = table(TableFormat.EPT);
        table.map(ADDRESS, TARGET, PageSize.SIZE_4K);
        long pointer = memory.read(table.slotAt(ADDRESS, 3));
        table.setEntry(ADDRESS, 3, pointer & ~EptEntry.WRITE);
        assertThat(table.lookup(ADDRESS)).isEqualTo(TARGET);
        for (long bad : new long[] {0, pointer + 0x1000, pointer | EptEntry.LARGE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> table.setEntry(ADDRESS, 3, bad))
                    .withMessageContaining(Long.toHexString(bad));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> table.setEntry(ADDRESS, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> table.setEntry(ADDRESS, 5, 0));
        assertThatIllegalStateException()
                .isThrownBy(() -> table.setEntry(ADDRESS + 0x20_0000, 1, 0))
                .withMessageContaining("level 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table.setEntry(ADDRESS + 0x20_0000, 2, 0x5007));
    }

    @Test
    void clearedTableCanBeUsedAgainAndReleasedOneGivesTheRootBack() {
        PageTable table = table(TableFormat.EPT);
        for (int round = 0; round < 2; round++) {
            table.map(ADDRESS, TARGET, PageSize.SIZE_4K);
            table.map(ADDRESS + 0x4000_0000, TARGET, PageSize.SIZE_1G);
            table.map(0, TARGET, PageSize.SIZE_2M);
            table.clear();
            assertThat(table.tables()).isEqualTo(1);
            assertThat(frames.used()).isEqualTo(1);
            assertThat(table.lookup(ADDRESS)).isEqualTo(-1);
        }
        table.map(ADDRESS, TARGET, PageSize.SIZE_4K);
        table.release();
        assertThat(table.tables()).isZero();
        assertThat(frames.isAsAtFirst()).isTrue();
    }
}
