package org.nestwalk.lab.setup;

import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.random.SplitMix64;

/// A hashed page table after Yaniv and Tsafrir, "Hash, don't cache (the page table)", SIGMETRICS
/// 2016: open addressing by lines of 64 bytes, each with the entries of eight pages in a row, whose
/// common tag is in bits that the entries do not use. A look-up reads the line that the hash
/// chooses, and goes on to the next one if it has another tag, which is seldom at a load of at most
/// a half; it fails at a free line.
///
/// ```text
///  63  62        52 51                  12 11      0
/// +---+------------+----------------------+---------+
/// | 0 | part of tag| frame                | flags   |
/// +---+------------+----------------------+---------+
/// ```
final class HashedTable extends EntryTable {
    private static final int PAGES_SHIFT = 3;
    private static final int PAGES = 1 << PAGES_SHIFT;
    private static final int LINE_SHIFT = 6;
    private static final int PART_SHIFT = 52;
    private static final int PART_BITS = 11;
    private static final long PART = (1L << PART_BITS) - 1;
    private static final int PARTS = 4;
    private static final int FIRST_LINES = 64;

    private final long seed;
    private long base;
    private long lines = FIRST_LINES;
    private long used;

    HashedTable(Space space, PhysicalMemory memory, long seed) {
        super(space, memory);
        this.seed = seed;
        this.base = space.take(lines << LINE_SHIFT);
    }

    @Override
    long walk(long page, Reader reader) {
        long block = page >>> PAGES_SHIFT;
        for (long line = hash(block); ; line = line + 1 & lines - 1) {
            long hpa = reader.locate(slot(line, page));
            long entry = reader.read(hpa);
            if (tagOf(line) == block) {
                return (entry & PagingEntry.PRESENT) == 0 ? NONE : hpa;
            }
            if (isFree(line)) {
                return NONE;
            }
        }
    }

    @Override
    void add(long page, long entry) {
        if (2 * used >= lines) {
            grow();
        }
        long block = page >>> PAGES_SHIFT;
        long line = hash(block);
        while (!isFree(line) && tagOf(line) != block) {
            line = line + 1 & lines - 1;
        }
        if (isFree(line)) {
            used++;
            for (int i = 0; i < PARTS; i++) {
                write(slot(line, i), (block >>> PART_BITS * i & PART) << PART_SHIFT);
            }
            // Marks the line as used, whatever its tag is.
            write(slot(line, PAGES - 1), 1L << PART_SHIFT);
        }
        long slot = slot(line, page);
        write(slot, read(slot) & PART << PART_SHIFT | entry);
    }

    private void grow() {
        long oldBase = base;
        long oldLines = lines;
        lines *= 2;
        base = space.take(lines << LINE_SHIFT);
        used = 0;
        for (long line = 0; line < oldLines; line++) {
            if (isFree(oldBase, line)) {
                continue;
            }
            long block = tagOf(oldBase, line);
            for (int i = 0; i < PAGES; i++) {
                long entry = read(oldBase + (line << LINE_SHIFT) + (long) Long.BYTES * i);
                if ((entry & PagingEntry.PRESENT) != 0) {
                    add(block << PAGES_SHIFT | i, entry & ~(PART << PART_SHIFT));
                }
            }
        }
    }

    @Override
    long bytes() {
        return lines << LINE_SHIFT;
    }

    private long hash(long block) {
        return SplitMix64.hash(seed, block) & lines - 1;
    }

    private long slot(long line, long page) {
        return base + (line << LINE_SHIFT) + Long.BYTES * (page & PAGES - 1);
    }

    private long tagOf(long line) {
        return isFree(line) ? NONE : tagOf(base, line);
    }

    private long tagOf(long table, long line) {
        long tag = 0;
        for (int i = 0; i < PARTS; i++) {
            long entry = read(table + (line << LINE_SHIFT) + (long) Long.BYTES * i);
            tag |= (entry >>> PART_SHIFT & PART) << PART_BITS * i;
        }
        return tag;
    }

    private boolean isFree(long line) {
        return isFree(base, line);
    }

    private boolean isFree(long table, long line) {
        long last = read(table + (line << LINE_SHIFT) + Long.BYTES * (PAGES - 1));
        return last >>> PART_SHIFT == 0;
    }

    private long read(long address) {
        return memory.read(space.hostPhysical(address));
    }

    private void write(long address, long entry) {
        memory.write(space.hostPhysical(address), entry);
    }
}
