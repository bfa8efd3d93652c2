package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.SparseMemory;

class PageTableTest {
    private static final long HOST = 0x100_0000_0000L;
    private static final long ADDRESS = 0x7abc_c000_0000L;
    private static final long TARGET = 0x12_4000_0000L;

    private final SparseMemory memory = new SparseMemory();
    private final TableFrames frames =
            new TableFrames() {
                private long next = 0x1000;

                @Override
                public long allocate() {
                    long frame = next;
                    next += 0x1000;
                    return frame;
                }

                @Override
                public long hostPhysical(long address) {
                    return address + HOST;
                }
            };

    private PageTable table(TableFormat format, int levels) {
        return new PageTable(memory, frames, format, levels);
    }

    private PageTable table() {
        return table(TableFormat.X86, 4);
    }

    @ParameterizedTest
    @CsvSource({"X86, 4", "X86, 5", "EPT, 4", "EPT, 5"})
    void mappedPageIsFoundWithItsSizeAndOffset(TableFormat format, int levels) {
        for (PageSize size : PageSize.values()) {
            PageTable table = table(format, levels);
            table.map(ADDRESS, TARGET, size);
            long last = size.offsetMask();
            assertThat(table.lookup(ADDRESS)).isEqualTo(TARGET);
            assertThat(table.lookup(ADDRESS + last)).isEqualTo(TARGET + last);
            assertThat(table.lookup(ADDRESS + last + 1)).isEqualTo(-1);
            assertThat(table.lookup(ADDRESS - 1)).isEqualTo(-1);
            assertThat(table.leafLevel(ADDRESS + last)).isEqualTo(size.level());
            assertThat(table.leafLevel(ADDRESS - 1)).isZero();
        }
    }

    @Test
    void pageAtAddressZeroIsFound() {
        PageTable table = table();
        table.map(0, 0, PageSize.SIZE_4K);
        assertThat(table.lookup(0x123)).isEqualTo(0x123);
        assertThat(table.leafLevel(0)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"4, SIZE_4K, 4", "4, SIZE_2M, 3", "4, SIZE_1G, 2", "5, SIZE_4K, 5"})
    void everyMissingTableIsMadeOnce(int levels, PageSize size, int tables) {
        PageTable table = table(TableFormat.X86, levels);
        assertThat(table.tables()).isEqualTo(1);
        table.map(ADDRESS, TARGET, size);
        assertThat(table.tables()).isEqualTo(tables);
        assertThat(table.entriesWritten()).isEqualTo(tables);
        table.map(ADDRESS + size.bytes(), TARGET, size);
        assertThat(table.tables()).isEqualTo(tables);
        assertThat(table.entriesWritten()).isEqualTo(tables + 1);
    }

    @Test
    void rootIsTheFirstFrame() {
        PageTable table = table(TableFormat.X86, 5);
        assertThat(table.root()).isEqualTo(0x1000);
        assertThat(table.levels()).isEqualTo(5);
        assertThat(table.entriesWritten()).isZero();
    }

    @Test
    void entriesLieAtTheFramesHostPhysicalAddresses() {
        PageTable table = table();
        table.map(ADDRESS, TARGET, PageSize.SIZE_1G);
        assertThat(memory.read(HOST + 0x1000 + 8 * 0xf5)).isEqualTo(0x2007);
        assertThat(memory.read(HOST + 0x2000 + 8 * 0xf3)).isEqualTo(TARGET | 0x87);
    }

    @Test
    void eptEntriesGrantEverythingAndAreWriteBack() {
        assertThat(TableFormat.EPT.table(0x5000)).isEqualTo(0x5007);
        assertThat(TableFormat.EPT.leaf(0x5000, 1)).isEqualTo(0x5037);
        assertThat(TableFormat.EPT.leaf(0x20_0000, 2)).isEqualTo(0x20_00b7);
        assertThat(TableFormat.X86.leaf(0x5000, 1)).isEqualTo(0x5007);
    }

    @Test
    void anyPermissionMakesAnEntryPresent() {
        assertThat(TableFormat.EPT.isPresent(4)).isTrue();
        assertThat(TableFormat.EPT.isPresent(0x5030)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void pageCannotBeMappedTwice(PageSize size) {
        PageTable table = table();
        table.map(ADDRESS, TARGET, size);
        assertThatIllegalStateException()
                .isThrownBy(() -> table.map(ADDRESS, TARGET, size))
                .withMessageContaining("7abcc0000000");
        assertThat(table.lookup(ADDRESS)).isEqualTo(TARGET);
    }

    @Test
    void smallPageCannotBeMappedInsideALargeOne() {
        PageTable table = table();
        table.map(ADDRESS, TARGET, PageSize.SIZE_2M);
        assertThatIllegalStateException()
                .isThrownBy(() -> table.map(ADDRESS + 0x1000, TARGET, PageSize.SIZE_4K));
    }

    @Test
    void largePageCannotBeMappedOverASmallOne() {
        PageTable table = table();
        table.map(ADDRESS, TARGET, PageSize.SIZE_4K);
        assertThatIllegalStateException()
                .isThrownBy(() -> table.map(ADDRESS, TARGET, PageSize.SIZE_2M));
    }

    @ParameterizedTest
    @EnumSource
    void freePageIsOneThatCanBeMapped(PageSize size) {
        PageTable table = table();
        assertThat(table.isFree(ADDRESS, size)).isTrue();
        table.map(ADDRESS, TARGET, PageSize.SIZE_2M);
        assertThat(table.isFree(ADDRESS, size)).isFalse();
        assertThat(table.isFree(ADDRESS + 0x10_0000, size)).isFalse();
        boolean besideIt = size != PageSize.SIZE_1G;
        assertThat(table.isFree(ADDRESS + 0x20_0000, size)).isEqualTo(besideIt);
        assertThat(table.isFree(ADDRESS + 0x4000_0000, size)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 6})
    void tablesHaveFourOrFiveLevels(int levels) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table(TableFormat.X86, levels))
                .withMessageContaining(Integer.toString(levels));
    }

    @Test
    void randomMappingsAreFoundLikeInAMap() {
        long seed = 20260101;
        SplittableRandom random = new SplittableRandom(seed);
        PageTable table = table(TableFormat.EPT, 5);
        Map<Long, Long> twin = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            long address = random.nextLong(1L << 45) >>> 12 << 12;
            long target = random.nextLong(1L << 51) >>> 12 << 12;
            if (twin.putIfAbsent(address, target) == null) {
                table.map(address, target, PageSize.SIZE_4K);
            }
        }
        twin.forEach((address, target) ->
                assertThat(table.lookup(address + 0x7f8))
                        .as("seed %d, address %x", seed, address)
                        .isEqualTo(target + 0x7f8));
        assertThat(table.entriesWritten()).isEqualTo(table.tables() - 1 + twin.size());
    }

    @Test
    void walkerFindsWhatTheTableMaps() {
        PageTable table =
                new PageTable(
                        memory,
                        new TableFrames() {
                            private long next = 0x100_0000;

                            @Override
                            public long allocate() {
                                next += 0x1000;
                                return next;
                            }

                            @Override
                            public long hostPhysical(long address) {
                                return address;
                            }
                        },
                        TableFormat.X86,
                        4);
        table.map(ADDRESS, TARGET, PageSize.SIZE_2M);
        TestMachine machine = TestMachine.plain();
        Walker walker =
                new Walker(
                        memory,
                        new GuestRegisters(
                                machine.cr0, table.root(), 0, machine.efer, 0, 0, machine.pat),
                        PagingFeatures.ALL,
                        SecondLevel.NONE,
                        WalkVisitor.NONE,
                        WalkCaches.NONE);
        assertThat(walker.walk(ADDRESS + 0x12345, AccessType.WRITE | AccessType.USER))
                .isEqualTo(Outcome.OK);
        assertThat(walker.result().hostPhysicalAddress()).isEqualTo(TARGET + 0x12345);
    }
}
