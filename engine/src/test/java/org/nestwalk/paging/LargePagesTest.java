package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.SparseMemory;

class LargePagesTest {
    private static final long ADDRESS = 0x7abc_c000_0000L;
    private static final long TARGET = 0x12_4000_0000L;
    private static final long COPY = 0x15_8000_0000L;

    private final SparseMemory memory = new SparseMemory();
    private final CountedFrames frames = new CountedFrames(memory);

    private PageTable table(TableFormat format) {
        return new PageTable(memory, frames, format, 4);
    }

    private static void mapSmallPages(PageTable table, int pages) {
        for (int i = 0; i < pages; i++) {
            table.map(ADDRESS + i * 4096L, TARGET + i * 8192L, PageSize.SIZE_4K);
        }
    }

    @ParameterizedTest
    @CsvSource({"X86, SIZE_2M", "X86, SIZE_1G", "EPT, SIZE_2M", "EPT, SIZE_1G"})
    void splitPageMapsTheSameMemory(TableFormat format, PageSize size) {
        PageTable table = table(format);
        table.map(ADDRESS, TARGET, size);
        long before = table.entriesWritten();
        LargePages.split(table, ADDRESS + 0x12345);
        for (long offset = 0; offset < size.bytes(); offset += size.bytes() / 1024) {
            assertThat(table.lookup(ADDRESS + offset)).isEqualTo(TARGET + offset);
            assertThat(table.leafLevel(ADDRESS + offset)).isEqualTo(size.level() - 1);
        }
        assertThat(table.lookup(ADDRESS + size.bytes())).isEqualTo(-1);
        assertThat(table.entriesWritten() - before).isEqualTo(513);
        assertThat(table.tables()).isEqualTo(frames.used());
        assertThat(table.entry(ADDRESS)).isEqualTo(format.leaf(TARGET, size.level() - 1));
    }

    @Test
    void splitGibibyteCanBeSplitAgainAndJoined() {
        PageTable table = table(TableFormat.X86);
        table.map(ADDRESS, TARGET, PageSize.SIZE_1G);
        long flags = PagingEntry.PAT_LARGE | PagingEntry.GLOBAL | PagingEntry.NO_EXECUTE;
        table.protect(ADDRESS, PagingEntry.USER, flags);
        long gibibyte = table.entry(ADDRESS);
        LargePages.split(table, ADDRESS);
        assertThat(table.entry(ADDRESS + 0x60_0000)).isEqualTo(gibibyte + 0x60_0000);
        LargePages.split(table, ADDRESS + 0x60_0000);
        assertThat(table.entry(ADDRESS + 0x60_5000))
                .isEqualTo(
                        (gibibyte + 0x60_5000 - PagingEntry.PAT_LARGE) & ~PagingEntry.LARGE
                                | PagingEntry.PAT_4K);
        LargePages.collapse(table, ADDRESS + 0x60_0000, TARGET + 0x60_0000, PageSize.SIZE_2M);
        LargePages.collapse(table, ADDRESS + 0x70_0000, TARGET, PageSize.SIZE_1G);
        assertThat(table.entry(ADDRESS)).isEqualTo(gibibyte);
        assertThat(table.tables()).isEqualTo(2);
    }

    @Test
    void patBitMovesBetweenBits7And12() {
        PageTable table = table(TableFormat.X86);
        table.map(ADDRESS, TARGET, PageSize.SIZE_2M);
        table.protect(ADDRESS, 0, PagingEntry.PAT_LARGE | PagingEntry.WRITE_THROUGH);
        LargePages.split(table, ADDRESS);
        long entry = table.entry(ADDRESS + 0x3000);
        assertThat(entry).isEqualTo(TARGET + 0x3000 | 0x8f);
        assertThat(PagingEntry.patIndex(entry, 1)).isEqualTo(5);
        LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_2M);
        assertThat(table.entry(ADDRESS)).isEqualTo(COPY | 0x108f);
    }

    @Test
    void clearPatBitStaysClear() {
        PageTable table = table(TableFormat.X86);
        table.map(ADDRESS, TARGET, PageSize.SIZE_2M);
        LargePages.split(table, ADDRESS);
        assertThat(table.entry(ADDRESS + 0x3000)).isEqualTo(TARGET + 0x3000 | 0x07);
        LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_2M);
        assertThat(table.entry(ADDRESS)).isEqualTo(COPY | 0x87);
    }

    @Test
    void eptFlagsAndMemoryTypeSurviveSplitAndCollapse() {
        PageTable table = table(TableFormat.EPT);
        table.map(ADDRESS, TARGET, PageSize.SIZE_2M);
        long bits =
                EptEntry.ofMemoryType(MemoryType.UC)
                        | EptEntry.READ
                        | EptEntry.LARGE
                        | EptEntry.IGNORE_PAT
                        | EptEntry.ACCESSED
                        | EptEntry.DIRTY
                        | EptEntry.SUPPRESS_VE;
        table.setEntry(ADDRESS, 2, TARGET | bits);
        LargePages.split(table, ADDRESS);
        assertThat(table.entry(ADDRESS + 0x1f_f000))
                .isEqualTo(TARGET + 0x1f_f000 | (bits & ~EptEntry.LARGE));
        LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_2M);
        assertThat(table.entry(ADDRESS)).isEqualTo(COPY | bits);
    }

    @Test
    void userExecuteRightSurvivesASplit() {
        PageTable table = table(TableFormat.EPT);
        table.map(ADDRESS, TARGET, PageSize.SIZE_2M);
        table.protect(ADDRESS, 0, EptEntry.USER_EXECUTE);
        LargePages.split(table, ADDRESS);
        assertThat(memory.read(table.slotAt(ADDRESS, 2)) & EptEntry.USER_EXECUTE).isNotZero();
        assertThat(table.entry(ADDRESS) & EptEntry.USER_EXECUTE).isNotZero();
        LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_2M);
        assertThat(table.entry(ADDRESS) & EptEntry.USER_EXECUTE).isNotZero();
    }

    @ParameterizedTest
    @EnumSource
    void collapsedPageIsAccessedOrDirtyIfOnePartIs(TableFormat format) {
        PageTable table = table(format);
        mapSmallPages(table, 512);
        table.protect(ADDRESS + 0x7000, 0, format.accessed());
        table.protect(ADDRESS + 0x9000, 0, format.dirty());
        LargePages.collapse(table, ADDRESS + 0x8000, COPY, PageSize.SIZE_2M);
        assertThat(table.entry(ADDRESS))
                .isEqualTo(format.leaf(COPY, 2) | format.accessed() | format.dirty());
        assertThat(table.lookup(ADDRESS + 0x9123)).isEqualTo(COPY + 0x9123);
        assertThat(table.tables()).isEqualTo(3);
        assertThat(frames.used()).isEqualTo(3);
    }

    @Test
    void missingPagesAreMappedByTheCollapse() {
        PageTable table = table(TableFormat.X86);
        table.map(ADDRESS + 0x5000, TARGET, PageSize.SIZE_4K);
        LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_2M);
        assertThat(table.entry(ADDRESS)).isEqualTo(TableFormat.X86.leaf(COPY, 2));
    }

    @Test
    void rightsThatTheTableEntryTakesAwayStayAway() {
        PageTable table = table(TableFormat.X86);
        mapSmallPages(table, 512);
        long pointer = memory.read(table.slotAt(ADDRESS, 2));
        table.setEntry(ADDRESS, 2, pointer & ~PagingEntry.WRITE | PagingEntry.NO_EXECUTE);
        LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_2M);
        assertThat(table.entry(ADDRESS))
                .isEqualTo(
                        TableFormat.X86.leaf(COPY, 2) & ~PagingEntry.WRITE
                                | PagingEntry.NO_EXECUTE);
    }

    @Test
    void onlyALargePageIsSplit() {
        PageTable table = table(TableFormat.X86);
        mapSmallPages(table, 1);
        assertThatIllegalStateException()
                .isThrownBy(() -> LargePages.split(table, ADDRESS))
                .withMessageContaining("7abcc0000000");
        assertThatIllegalStateException().isThrownBy(() -> LargePages.split(table, 0));
    }

    @Test
    void pagesThatDifferAreNotCollapsed() {
        PageTable table = table(TableFormat.X86);
        mapSmallPages(table, 512);
        table.protect(ADDRESS + 0x4000, PagingEntry.WRITE, 0);
        assertThatIllegalStateException()
                .isThrownBy(() -> LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_2M))
                .withMessageContaining("entry 4 differs");
        table.setEntry(ADDRESS + 0x4000, 1, 0xf00);
        assertThatIllegalStateException()
                .isThrownBy(() -> LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_2M))
                .withMessageContaining("entry 4 is no page: f00");
        assertThat(table.lookup(ADDRESS)).isEqualTo(TARGET);
    }

    @Test
    void whatIsNoTableOfPagesIsNotCollapsed() {
        PageTable table = table(TableFormat.X86);
        assertThatIllegalStateException()
                .isThrownBy(() -> LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_2M));
        mapSmallPages(table, 1);
        assertThatIllegalStateException()
                .isThrownBy(() -> LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_1G))
                .withMessageContaining("entry 0 is no page");
        table.setEntry(ADDRESS, 1, 0);
        assertThatIllegalStateException()
                .isThrownBy(() -> LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_2M))
                .withMessageContaining("none");
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        LargePages.collapse(table, ADDRESS + 0x20_0000, COPY, PageSize.SIZE_2M))
                .withMessageContaining("no table");
    }

    @Test
    void targetOfACollapseIsALargePage() {
        PageTable table = table(TableFormat.X86);
        mapSmallPages(table, 512);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> LargePages.collapse(table, ADDRESS, COPY + 4096, PageSize.SIZE_2M));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LargePages.collapse(table, ADDRESS, COPY, PageSize.SIZE_4K));
    }
}
