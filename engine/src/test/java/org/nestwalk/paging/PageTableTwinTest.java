package org.nestwalk.paging;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.SparseMemory;

/// Random changes to a page table and to its naive twin, a sorted map of 4-KiB pages, compared step
/// by step.
class PageTableTwinTest {
    private static final long[] REGIONS = {
        0,
        0x20_0000,
        0x4000_0000,
        0x4020_0000,
        1L << 39,
        (1L << 39) + 0x60_0000,
        (1L << 48) - (2 << 20)
    };

    /// A 4-KiB page as the twin sees it: its frame, the level of the entry that maps it, and which
    /// of the bits of [Bits] that entry has.
    private record Page(long frame, int level, int bits) {}

    /// The bits of a leaf entry that change, as they are at level 1 and at level 2. The last two
    /// are A and D.
    private static final class Bits {
        private final long always;
        private final int usual;
        private final long[] small;
        private final long[] large;

        Bits(long always, int usual, long[] small, long[] large) {
            this.always = always;
            this.usual = usual;
            this.small = small;
            this.large = large;
        }

        long entry(Page page) {
            long entry = page.frame | always | (page.level == 2 ? 0x80 : 0);
            for (int bit = 0; bit < small.length; bit++) {
                if ((page.bits >> bit & 1) != 0) {
                    entry |= page.level == 1 ? small[bit] : large[bit];
                }
            }
            return entry;
        }

        int flags() {
            return 3 << small.length - 2;
        }
    }

    private static Bits bits(TableFormat format) {
        if (format == TableFormat.X86) {
            long[] small = {
                PagingEntry.WRITE,
                PagingEntry.USER,
                PagingEntry.NO_EXECUTE,
                PagingEntry.GLOBAL,
                PagingEntry.CACHE_DISABLE,
                PagingEntry.PAT_4K,
                PagingEntry.ACCESSED,
                PagingEntry.DIRTY
            };
            long[] large = small.clone();
            large[5] = PagingEntry.PAT_LARGE;
            return new Bits(PagingEntry.PRESENT, 3, small, large);
        }
        long[] small = {
            EptEntry.WRITE,
            EptEntry.EXECUTE,
            1L << 4,
            1L << 5,
            EptEntry.IGNORE_PAT,
            EptEntry.SUPPRESS_VE,
            EptEntry.ACCESSED,
            EptEntry.DIRTY
        };
        return new Bits(EptEntry.READ, 15, small, small);
    }

    private static final class Sequence {
        private final long seed;
        private final SplittableRandom random;
        private final TableFormat format;
        private final Bits bits;
        private final SparseMemory memory = new SparseMemory();
        private final CountedFrames frames = new CountedFrames(memory);
        private final PageTable table;
        private final TreeMap<Long, Page> twin = new TreeMap<>();
        private int step;

        Sequence(long seed, TableFormat format, int levels) {
            this.seed = seed;
            this.format = format;
            random = new SplittableRandom(seed);
            bits = bits(format);
            table = new PageTable(memory, frames, format, levels);
        }

        void run(int steps) {
            for (step = 0; step < steps; step++) {
                long region = REGIONS[random.nextInt(REGIONS.length)];
                long address = region + random.nextInt(512) * 4096L;
                switch (random.nextInt(10)) {
                    case 0, 1 -> map(address);
                    case 2 -> mapLarge(region);
                    case 3 -> fill(region);
                    case 4 -> unmap(twin.ceilingKey(address));
                    case 5, 6 -> protect(twin.ceilingKey(address));
                    case 7 -> protectAlike(region);
                    case 8 -> split(address);
                    default -> collapse(region, address);
                }
                compareSome(region);
                if (step % 8 == 0) {
                    compareAll();
                }
            }
            compareAll();
            if (random.nextBoolean()) {
                table.clear();
            } else {
                while (!twin.isEmpty()) {
                    unmap(twin.ceilingKey(0L));
                }
            }
            check(table.tables() == 1 && frames.used() == 1, "only the root is left");
            table.release();
            check(frames.isAsAtFirst(), "all frames came back");
        }

        private long randomFrame(PageSize size) {
            return random.nextLong(1L << 40) & ~size.offsetMask();
        }

        private void map(long address) {
            long frame = randomFrame(PageSize.SIZE_4K);
            boolean free = !twin.containsKey(address);
            expect(free, () -> table.map(address, frame, PageSize.SIZE_4K), "map");
            if (free) {
                twin.put(address, new Page(frame, 1, bits.usual));
            }
        }

        private void mapLarge(long region) {
            long frame = randomFrame(PageSize.SIZE_2M);
            boolean free = pages(region).isEmpty();
            check(table.isFree(region, PageSize.SIZE_2M) == free, "isFree");
            expect(free, () -> table.map(region, frame, PageSize.SIZE_2M), "map 2M");
            if (free) {
                putLarge(region, frame, bits.usual);
            }
        }

        private void fill(long region) {
            for (long address = region; address < region + (2 << 20); address += 4096) {
                if (!twin.containsKey(address)) {
                    map(address);
                }
            }
        }

        private void unmap(@Nullable Long address) {
            if (address == null) {
                check(table.unmap(random.nextLong(1L << 48)) == 0, "unmap nothing");
                return;
            }
            long offset = random.nextInt(4096);
            long region = address & -(2L << 20);
            Page page = page(address);
            long entry = bits.entry(page.level() == 2 ? page(region) : page);
            check(table.unmap(address + offset) == entry, "unmap");
            if (page.level() == 2) {
                pages(region).clear();
            } else {
                twin.remove(address);
            }
        }

        private void protect(@Nullable Long address) {
            if (address == null) {
                return;
            }
            int toggled = 1 << random.nextInt(bits.small.length);
            Page page = page(address);
            change(address, page.bits() ^ toggled);
        }

        /// Gives all small pages of a region the bits of the first, but for A and D.
        private void protectAlike(long region) {
            int first = -1;
            for (long address : pages(region).keySet().toArray(Long[]::new)) {
                Page page = page(address);
                first = first < 0 ? page.bits() : first;
                if (page.level() == 1) {
                    int kept = page.bits() & bits.flags();
                    change(address, first & ~bits.flags() | kept);
                }
            }
        }

        private void change(long address, int newBits) {
            Page page = page(address);
            long[] places = page.level() == 1 ? bits.small : bits.large;
            long clear = 0;
            long set = 0;
            for (int bit = 0; bit < places.length; bit++) {
                clear |= (page.bits() & ~newBits & 1 << bit) != 0 ? places[bit] : 0;
                set |= (newBits & ~page.bits() & 1 << bit) != 0 ? places[bit] : 0;
            }
            table.protect(address, clear, set);
            if (page.level() == 2) {
                long region = address & -(2L << 20);
                putLarge(region, page(region).frame(), newBits);
            } else {
                twin.put(address, new Page(page.frame(), 1, newBits));
            }
        }

        private void split(long address) {
            Page page = twin.get(address);
            boolean large = page != null && page.level() == 2;
            expect(large, () -> LargePages.split(table, address), "split");
            if (large) {
                pages(address & -(2L << 20))
                        .replaceAll((key, old) -> new Page(old.frame(), 1, old.bits()));
            }
        }

        private void collapse(long region, long address) {
            Set<Integer> kinds = new HashSet<>();
            int flags = 0;
            for (Page page : pages(region).values()) {
                kinds.add(page.level() == 2 ? -1 : page.bits() & ~bits.flags());
                flags |= page.bits() & bits.flags();
            }
            boolean possible = kinds.size() == 1 && !kinds.contains(-1);
            long frame = randomFrame(PageSize.SIZE_2M);
            expect(
                    possible,
                    () -> LargePages.collapse(table, address, frame, PageSize.SIZE_2M),
                    "collapse");
            if (possible) {
                putLarge(region, frame, kinds.iterator().next() | flags);
            }
        }

        private void putLarge(long region, long frame, int newBits) {
            for (long offset = 0; offset < 2 << 20; offset += 4096) {
                twin.put(region + offset, new Page(frame + offset, 2, newBits));
            }
        }

        private SortedMap<Long, Page> pages(long region) {
            return twin.subMap(region, region + (2 << 20));
        }

        private Page page(long address) {
            return Objects.requireNonNull(twin.get(address));
        }

        private void compareSome(long region) {
            for (int i = 0; i < 4; i++) {
                long address = region + random.nextInt(512) * 4096L;
                Page page = twin.get(address);
                long offset = random.nextInt(4096);
                check(
                        table.lookup(address + offset)
                                == (page == null ? -1 : page.frame() + offset),
                        "lookup");
                check(table.leafLevel(address) == (page == null ? 0 : page.level()), "level");
                long expected =
                        page == null ? 0 : bits.entry(page.level() == 2 ? page(region) : page);
                check(table.entry(address) == expected, "entry");
            }
        }

        private void compareAll() {
            int[] pages = {0};
            PageTableScan.forEachLeaf(
                    table,
                    (address, level, entry) -> {
                        Page page = page(address);
                        check(page.level() == level && bits.entry(page) == entry, "leaf");
                        pages[0] += level == 1 ? 1 : 512;
                    });
            check(pages[0] == twin.size(), "number of pages");
            Set<String> expected = new HashSet<>();
            twin.forEach((address, page) -> {
                for (int level = page.level(); level < table.levels(); level++) {
                    int shift = PageSize.shiftOfLevel(level + 1);
                    expected.add(level + " " + (address >>> shift << shift));
                }
            });
            expected.add(table.levels() + " 0");
            Set<String> found = new HashSet<>();
            PageTableScan.forEachTable(
                    table,
                    (frame, level, address) -> {
                        check(!frames.allocator.isFree(frame), "table in a free frame");
                        check(found.add(level + " " + address), "table found twice");
                    });
            check(found.equals(expected), "tables " + found + " but " + expected);
            check(table.tables() == found.size(), "number of tables");
            check(frames.used() == found.size(), "number of frames");
        }

        private void expect(boolean success, Runnable operation, String what) {
            boolean done;
            try {
                operation.run();
                done = true;
            } catch (IllegalStateException refused) {
                done = false;
            }
            check(done == success, what + " done: " + done);
        }

        private void check(boolean condition, String what) {
            if (!condition) {
                throw new AssertionError(
                        format + ", seed " + seed + ", step " + step + ": " + what);
            }
        }
    }

    @ParameterizedTest(name = "{0} with {1} levels: {2} sequences from seed {3}")
    @CsvSource({
        "X86, 4, 250, 4000000",
        "X86, 5, 60, 5000000",
        "EPT, 4, 250, 6000000",
        "EPT, 5, 60, 7000000"
    })
    void everyStepIsLikeTheTwins(TableFormat format, int levels, int sequences, long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + sequences; seed++) {
            new Sequence(seed, format, levels).run(60);
        }
    }
}
