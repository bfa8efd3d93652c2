package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.SparseMemory;

class PageTableScanTest {
    private final SparseMemory memory = new SparseMemory();
    private final CountedFrames frames = new CountedFrames(memory);

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void leavesOfAllSizesAreShownInAscendingOrder(int levels) {
        PageTable table = new PageTable(memory, frames, TableFormat.EPT, levels);
        table.map(0xffff_c000_0000L, 0x8000_0000L, PageSize.SIZE_1G);
        table.map(0x20_0000, 0x40_0000, PageSize.SIZE_2M);
        table.map(0x1000, 0x5000, PageSize.SIZE_4K);
        List<String> found = new ArrayList<>();
        PageTableScan.forEachLeaf(
                table,
                (address, level, entry) -> found.add("%x %d %x".formatted(address, level, entry)));
        assertThat(found)
                .containsExactly("1000 1 5037", "200000 2 4000b7", "ffffc0000000 3 800000b7");
    }

    @Test
    void entriesThatAreNotPresentAreLeftOut() {
        PageTable table = new PageTable(memory, frames, TableFormat.X86, 4);
        table.map(0x1000, 0x5000, PageSize.SIZE_4K);
        table.setEntry(0x1000, 1, 0xf00);
        PageTableScan.forEachLeaf(
                table,
                (address, level, entry) -> {
                    throw new AssertionError("leaf " + address);
                });
    }

    @Test
    void visitorMayChangeTheEntryItIsShown() {
        PageTable table = new PageTable(memory, frames, TableFormat.X86, 4);
        for (int i = 0; i < 1000; i++) {
            table.map(i * 4096L, 0, PageSize.SIZE_4K);
            table.protect(i * 4096L, 0, TableFormat.X86.accessed());
        }
        PageTableScan.forEachLeaf(
                table,
                (address, level, entry) ->
                        table.setEntry(address, level, entry & ~TableFormat.X86.accessed()));
        PageTableScan.forEachLeaf(table, (address, level, entry) -> assertThat(entry).isEqualTo(7));
    }

    @Test
    void tablesAreShownWithTheirLevelsAndAddresses() {
        PageTable table = new PageTable(memory, frames, TableFormat.X86, 4);
        table.map(0x8040_2000L, 0, PageSize.SIZE_4K);
        table.map(0x80_8000_0000L, 0, PageSize.SIZE_1G);
        List<String> found = new ArrayList<>();
        PageTableScan.forEachTable(
                table,
                (frame, level, address) -> found.add("%x %d %x".formatted(frame, level, address)));
        assertThat(found)
                .containsExactly(
                        "40000000 4 0",
                        "40001000 3 0",
                        "40002000 2 80000000",
                        "40003000 1 80400000",
                        "40004000 3 8000000000");
    }
}
