package org.nestwalk.memory;

import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;

/// A set of 4-KiB pages, named by address from 0 up: pages that were written, or on which a right
/// is withheld.
///
/// Pages are kept in chunks of 32,768 (128 MiB), a bit each. A chunk without pages takes 8 bytes,
/// and so does one of which all are in the set, so that all of a large memory costs next to
/// nothing. Not thread-safe.
@SuppressWarnings("ReferenceEquality") // FULL stands for itself, whatever it holds
public final class PageSet {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int PAGE_SHIFT = 12;
    private static final int CHUNK_SHIFT = 15;
    private static final int CHUNK_PAGES = 1 << CHUNK_SHIFT;
    private static final int WORDS = CHUNK_PAGES / Long.SIZE;
    private static final long[] FULL = new long[WORDS];

    static {
        Arrays.fill(FULL, -1L);
    }

    private long[][] chunks = new long[8][];
    private long size;

    /// An empty set.
    public PageSet() {}

    /// Receives ranges of pages.
    @FunctionalInterface
    public interface RangeConsumer {
        /// A range of pages without a gap.
        ///
        /// @param address of the first page
        /// @param bytes a positive multiple of 4 KiB
        void range(long address, long bytes);
    }

    /// The number of pages.
    public long size() {
        return size;
    }

    /// Whether there are none.
    public boolean isEmpty() {
        return size == 0;
    }

    /// Whether the page around `address` is in the set.
    public boolean contains(long address) {
        long page = address >>> PAGE_SHIFT;
        long[] chunk = chunk(page);
        return chunk != null && (chunk[word(page)] & 1L << page) != 0;
    }

    /// The address of the first page of the set at `address` or above; -1 if there is none.
    public long first(long address) {
        long end = (long) chunks.length << CHUNK_SHIFT;
        long page = next(address >>> PAGE_SHIFT, end, true);
        return page < end ? page << PAGE_SHIFT : -1;
    }

    /// The number of pages of a range that are in the set.
    ///
    /// @param address a multiple of 4 KiB
    /// @param bytes a multiple of 4 KiB
    public long count(long address, long bytes) {
        long end = end(address, bytes);
        long count = 0;
        for (long page = address >>> PAGE_SHIFT; page < end; ) {
            long[] chunk = chunk(page);
            long next = Math.min(end, (page | CHUNK_PAGES - 1) + 1);
            if (chunk == FULL) {
                count += next - page;
            } else if (chunk != null) {
                count += count(chunk, page, next);
            }
            page = next;
        }
        return count;
    }

    private static long count(long[] chunk, long from, long to) {
        long count = 0;
        for (long page = from; page < to; page = (page | Long.SIZE - 1) + 1) {
            count += Long.bitCount(chunk[word(page)] & mask(page, to));
        }
        return count;
    }

    /// Adds the pages of a range.
    ///
    /// @param address a multiple of 4 KiB
    /// @param bytes a multiple of 4 KiB
    public void add(long address, long bytes) {
        set(address, bytes, true);
    }

    /// Adds all pages of `other`.
    public void addAll(PageSet other) {
        other.forEachRange(this::add);
    }

    /// Removes the pages of a range.
    ///
    /// @param address a multiple of 4 KiB
    /// @param bytes a multiple of 4 KiB
    public void remove(long address, long bytes) {
        set(address, bytes, false);
    }

    /// Removes all pages.
    public void clear() {
        Arrays.fill(chunks, null);
        size = 0;
    }

    private void set(long address, long bytes, boolean value) {
        long end = end(address, bytes);
        for (long page = address >>> PAGE_SHIFT; page < end; ) {
            long next = Math.min(end, (page | CHUNK_PAGES - 1) + 1);
            setInChunk(page, next, value);
            page = next;
        }
    }

    /// Sets the pages from `from` up to `to`, which are in one chunk.
    private void setInChunk(long from, long to, boolean value) {
        long[] chunk = chunk(from);
        if (chunk == (value ? FULL : null)) {
            return;
        }
        if (to - from == CHUNK_PAGES) {
            size += (value ? CHUNK_PAGES : 0) - (chunk == null ? 0 : count(chunk, from, to));
            put(from, value ? FULL : null);
            return;
        }
        if (chunk == null) {
            chunk = new long[WORDS];
            put(from, chunk);
        } else if (chunk == FULL) {
            chunk = FULL.clone();
            put(from, chunk);
        }
        for (long page = from; page < to; page = (page | Long.SIZE - 1) + 1) {
            int word = word(page);
            long old = chunk[word];
            chunk[word] = value ? old | mask(page, to) : old & ~mask(page, to);
            size += Long.bitCount(chunk[word]) - Long.bitCount(old);
        }
    }

    /// Gives the address of each page to `consumer`, in ascending order. The set must not be
    /// changed meanwhile.
    public void forEach(LongConsumer consumer) {
        forEachRange((address, bytes) -> {
            for (long page = address; page < address + bytes; page += PAGE) {
                consumer.accept(page);
            }
        });
    }

    /// Gives the pages to `consumer` in ranges as long as possible, in ascending order. The set
    /// must not be changed meanwhile.
    public void forEachRange(RangeConsumer consumer) {
        long end = (long) chunks.length << CHUNK_SHIFT;
        long from = next(0, end, true);
        while (from < end) {
            long to = next(from, end, false);
            consumer.range(from << PAGE_SHIFT, to - from << PAGE_SHIFT);
            from = next(to, end, true);
        }
    }

    /// The first page from `from` on, but at most `end`, that is in the set, or that is not.
    private long next(long from, long end, boolean inside) {
        long page = from;
        while (page < end) {
            long[] chunk = chunk(page);
            if (chunk == (inside ? null : FULL)) {
                page = (page | CHUNK_PAGES - 1) + 1;
                continue;
            }
            long word = chunk == null ? 0 : chunk[word(page)];
            long wanted = (inside ? word : ~word) & -1L << page;
            if (wanted != 0) {
                return (page & -Long.SIZE) + Long.numberOfTrailingZeros(wanted);
            }
            page = (page | Long.SIZE - 1) + 1;
        }
        return end;
    }

    private long @Nullable [] chunk(long page) {
        long index = page >>> CHUNK_SHIFT;
        return index < chunks.length ? chunks[(int) index] : null;
    }

    private void put(long page, long @Nullable [] chunk) {
        int index = (int) (page >>> CHUNK_SHIFT);
        if (index >= chunks.length) {
            if (chunk == null) {
                return;
            }
            chunks = Arrays.copyOf(chunks, Math.max(index + 1, 2 * chunks.length));
        }
        chunks[index] = chunk;
    }

    private static int word(long page) {
        return (int) (page & CHUNK_PAGES - 1) / Long.SIZE;
    }

    /// The bits of the pages from `page` up to `to` that are in the word of `page`.
    private static long mask(long page, long to) {
        long beyond = (page | Long.SIZE - 1) + 1 - to;
        return -1L << page & (beyond > 0 ? -1L >>> beyond : -1L);
    }

    private static long end(long address, long bytes) {
        if (address < 0 || bytes < 0 || ((address | bytes) & PAGE - 1) != 0) {
            throw new IllegalArgumentException(
                    "pages from %x on, %x bytes".formatted(address, bytes));
        }
        return address + bytes >>> PAGE_SHIFT;
    }
}
