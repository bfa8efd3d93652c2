package org.nestwalk.lab.labs.numa;

import java.util.Arrays;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.program.Program;
import org.nestwalk.mmu.cache.CacheHierarchy;

/// The first accesses of a program, kept so that they can be made again and again, and the pages
/// that they touch.
///
/// Repeating them must not find in the caches what the time before left there. So there are enough
/// of them to fill the last-level cache twice: with the lines of their data and, for each 4-KiB
/// page, with those of its entries in two tables. Entries of larger pages fill no cache.
final class AccessRecord {
    private static final int BLOCK = 1 << 14;
    private static final int MOST = 8_000_000;
    private static final int FEWEST = 20_000;
    private static final double FILLS = 2;
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final int TABLES = 2;
    private static final int PAGE_SHIFT = 12;

    // Lines and pages are told apart by a hash of this many bits: of a million in 64 million places
    // one in a hundred is taken for another.
    private static final int HASH_BITS = 26;

    private final long[] accesses;
    private final long first;
    private final long bytes;

    private AccessRecord(Program program, long[] accesses) {
        first = program.base() & -LARGE;
        bytes = program.base() + program.footprint() - first + LARGE - 1 & -LARGE;
        this.accesses = accesses;
    }

    /// The first `count` accesses of `program`, or all, if it makes fewer.
    static AccessRecord first(Program program, int count) {
        return new AccessRecord(program, read(program, (block, made) -> 0, count, Long.MAX_VALUE));
    }

    /// Accesses of `program` for a machine with a last-level cache of `cacheLines`.
    ///
    /// @param size of the pages that its memory will have
    /// @throws InputException if it makes too few
    static AccessRecord filling(Program program, long cacheLines, PageSize size) {
        Lines lines = new Lines(size == PageSize.SIZE_4K ? TABLES : 0);
        long wanted = (long) (FILLS * cacheLines);
        long[] made = read(program, lines, MOST, wanted);
        if (made.length < FEWEST || (lines.count < wanted && made.length < MOST)) {
            throw new InputException(
                    "program %s: its %,d accesses are too few to fill the caches; use accesses=%d or more"
                            .formatted(program.name(), made.length, MOST));
        }
        return new AccessRecord(program, made);
    }

    /// Told of accesses; returns how many lines they have filled.
    @FunctionalInterface
    private interface LineCounter {
        long add(long[] block, int count);
    }

    /// Accesses until they have filled `lines`, `most` are read, or the program ends.
    private static long[] read(Program program, LineCounter counter, int most, long lines) {
        long[] made = new long[FEWEST];
        AccessSource source = program.open();
        long[] block = new long[BLOCK];
        int count = 0;
        long filled = 0;
        while (count < FEWEST || (filled < lines && count < most)) {
            int got = source.next(block);
            if (got == 0) {
                break;
            }
            if (count + got > made.length) {
                made = Arrays.copyOf(made, Math.max(count + got, 2 * made.length));
            }
            System.arraycopy(block, 0, made, count, got);
            filled = counter.add(block, got);
            count += got;
        }
        return Arrays.copyOf(made, count);
    }

    /// The distinct lines of accesses and, for each page, of its entries.
    private static final class Lines implements LineCounter {
        private final long[] lines = new long[1 << HASH_BITS - 6];
        private final long[] pages = new long[1 << HASH_BITS - 6];
        private final int linesOfPage;
        private long count;

        Lines(int linesOfPage) {
            this.linesOfPage = linesOfPage;
        }

        @Override
        public long add(long[] block, int made) {
            for (int i = 0; i < made; i++) {
                long address = Access.address(block[i]);
                count += isNew(lines, address >>> CacheHierarchy.LINE_SHIFT) ? 1 : 0;
                count += isNew(pages, address >>> PAGE_SHIFT) ? linesOfPage : 0;
            }
            return count;
        }
    }

    private static boolean isNew(long[] seen, long number) {
        long place = number * 0x9e37_79b9_7f4a_7c15L >>> Long.SIZE - HASH_BITS;
        long old = seen[(int) (place >>> 6)];
        seen[(int) (place >>> 6)] = old | 1L << place;
        return seen[(int) (place >>> 6)] != old;
    }

    /// The accesses, packed by [Access].
    long[] accesses() {
        return accesses;
    }

    /// The lowest address of its memory, a multiple of 2 MiB.
    long first() {
        return first;
    }

    /// Bytes of its memory, a multiple of 2 MiB.
    long bytes() {
        return bytes;
    }

    /// The addresses of the pages of `size` that are touched, in ascending order.
    long[] touched(PageSize size) {
        long[] pages = new long[accesses.length];
        for (int i = 0; i < pages.length; i++) {
            pages[i] = Access.address(accesses[i]) & -size.bytes();
        }
        return Arrays.stream(pages).sorted().distinct().toArray();
    }
}
