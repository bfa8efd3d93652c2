package org.nestwalk.lab.setup;

import java.util.Arrays;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.random.SplitMix64;

/// An elastic cuckoo page table after Skarlatos et al., "Elastic cuckoo page tables", ASPLOS 2020:
/// each of three ways has a line for eight pages in a row at a place that its own hash chooses, and
/// a walk reads the lines of all ways at once. When a page finds no free line, it takes that of
/// another, which moves to its place in the next way.
///
/// A way grows by doubling as a whole, where the original moves lines little by little; software's
/// work costs nothing here, so that the two differ only while a table grows.
final class CuckooTable extends EntryTable {
    private static final int WAYS = 3;
    private static final int MOST_MOVES = 64;

    // A load at which insertions need few moves.
    private static final double MOST_LOAD = 0.6;
    private static final int PAGES_SHIFT = 3;
    private static final int PAGES = 1 << PAGES_SHIFT;
    private static final int LINE_SHIFT = 6;
    private static final int FIRST_LINES = 64;

    private final long seed;
    private final long[] bases = new long[WAYS];

    // The blocks of pages whose lines are at each place: tags, which real lines hold in bits that
    // entries do not use.
    private long[][] tags = new long[WAYS][FIRST_LINES];
    private int lines = FIRST_LINES;
    private long used;
    private int victim;
    private final long[] located = new long[WAYS];

    CuckooTable(Space space, PhysicalMemory memory, long seed) {
        super(space, memory);
        this.seed = seed;
        take();
    }

    private void take() {
        for (int way = 0; way < WAYS; way++) {
            bases[way] = space.take((long) lines << LINE_SHIFT);
            tags[way] = new long[lines];
            Arrays.fill(tags[way], NONE);
        }
    }

    @Override
    long walk(long page, Reader reader) {
        long block = page >>> PAGES_SHIFT;
        long found = NONE;
        reader.together(true);
        for (int way = 0; way < WAYS; way++) {
            located[way] = reader.locate(slot(way, place(way, block), page));
        }
        reader.together(false);
        reader.together(true);
        for (int way = 0; way < WAYS; way++) {
            long entry = reader.read(located[way]);
            boolean holds = tags[way][place(way, block)] == block;
            if (holds && (entry & PagingEntry.PRESENT) != 0) {
                found = located[way];
            }
        }
        reader.together(false);
        return found;
    }

    @Override
    void add(long page, long entry) {
        long block = page >>> PAGES_SHIFT;
        int way = wayOf(block);
        if (way < 0) {
            if (used >= MOST_LOAD * WAYS * lines) {
                grow();
            }
            insert(block, new long[PAGES]);
            way = wayOf(block);
        }
        memory.write(space.hostPhysical(slot(way, place(way, block), page)), entry);
    }

    private int wayOf(long block) {
        for (int way = 0; way < WAYS; way++) {
            if (tags[way][place(way, block)] == block) {
                return way;
            }
        }
        return -1;
    }

    private void insert(long firstBlock, long[] firstLine) {
        long block = firstBlock;
        long[] line = firstLine;
        for (int moves = 0; moves < MOST_MOVES; moves++) {
            for (int way = 0; way < WAYS; way++) {
                if (tags[way][place(way, block)] == NONE) {
                    store(way, block, line);
                    used++;
                    return;
                }
            }
            victim = (victim + 1) % WAYS;
            int place = place(victim, block);
            long moved = tags[victim][place];
            long[] movedLine = load(victim, place);
            store(victim, block, line);
            block = moved;
            line = movedLine;
        }
        grow();
        insert(block, line);
    }

    private void store(int way, long block, long[] line) {
        int place = place(way, block);
        tags[way][place] = block;
        for (int i = 0; i < PAGES; i++) {
            memory.write(space.hostPhysical(slot(way, place, i)), line[i]);
        }
    }

    private long[] load(int way, int place) {
        long[] line = new long[PAGES];
        for (int i = 0; i < PAGES; i++) {
            line[i] = memory.read(space.hostPhysical(slot(way, place, i)));
        }
        return line;
    }

    private void grow() {
        long[][] oldTags = tags;
        long[] oldBases = bases.clone();
        int oldLines = lines;
        lines *= 2;
        tags = new long[WAYS][];
        take();
        used = 0;
        for (int way = 0; way < WAYS; way++) {
            for (int place = 0; place < oldLines; place++) {
                if (oldTags[way][place] != NONE) {
                    long[] line = new long[PAGES];
                    long base = oldBases[way] + ((long) place << LINE_SHIFT);
                    for (int i = 0; i < PAGES; i++) {
                        line[i] = memory.read(space.hostPhysical(base + (long) Long.BYTES * i));
                    }
                    insert(oldTags[way][place], line);
                }
            }
        }
    }

    @Override
    long bytes() {
        return (long) WAYS * lines << LINE_SHIFT;
    }

    private int place(int way, long block) {
        return (int) SplitMix64.hash(seed + way, block) & lines - 1;
    }

    private long slot(int way, int line, long page) {
        return bases[way] + ((long) line << LINE_SHIFT) + Long.BYTES * (page & PAGES - 1);
    }
}
