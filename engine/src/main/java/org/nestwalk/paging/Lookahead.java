package org.nestwalk.paging;

import org.nestwalk.bits.Access;
import org.nestwalk.bits.LinearAddress;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.PhysicalMemory;

/// Reads the leaf entries of coming walks before they begin, one right after the other: the host's
/// memory serves such reads together, where walks in their turn would each wait, for the entry of
/// the guest and then for that of the second level.
///
/// What is read here decides nothing. Where the entries are is a guess from earlier walks.
final class Lookahead {
    private static final int WINDOW = 32;
    private static final int REGIONS_SHIFT = 14;
    private static final int REGION_SHIFT = 21;

    private final PhysicalMemory memory;
    private final SecondLevel secondLevel;
    private final long[] entries = new long[WINDOW];

    // By the hash of a 2-MiB region: its number plus 1, and the last-level table it was found in.
    private final long[] tables = new long[2 << REGIONS_SHIFT];

    // Never used, but for the compiler.
    @SuppressWarnings("UnusedVariable")
    private long sum;

    Lookahead(PhysicalMemory memory, SecondLevel secondLevel) {
        this.memory = memory;
        this.secondLevel = secondLevel;
    }

    /// Keeps in mind where the guest's level-1 entry of `linear` is.
    void found(long linear, long entryHpa) {
        long[] tables = this.tables;
        long region = linear >>> REGION_SHIFT;
        int at = placeOf(region);
        if (tables[at] != region + 1) {
            tables[at] = region + 1;
            tables[at + 1] = entryHpa & PagingEntry.ADDRESS;
        }
    }

    /// Reads ahead for the accesses of `block` from index `from` to `to`, of which the first 32
    /// count.
    void read(long[] block, int from, int to) {
        int count = Math.min(to - from, WINDOW);
        long[] entries = this.entries;
        for (int i = 0; i < count; i++) {
            long linear = Access.address(block[from + i]);
            long table = tableOf(linear);
            entries[i] = table == 0 ? 0 : memory.read(table + 8L * LinearAddress.index(linear, 1));
        }
        long total = 0;
        for (int i = 0; i < count; i++) {
            long address = secondLevel.likelyLeaf(entries[i] & PagingEntry.ADDRESS, memory);
            total += address == 0 ? 0 : memory.read(address);
        }
        sum = total;
    }

    private long tableOf(long linear) {
        long region = linear >>> REGION_SHIFT;
        int at = placeOf(region);
        return tables[at] == region + 1 ? tables[at + 1] : 0;
    }

    private static int placeOf(long region) {
        // Neighbouring regions get neighbouring places.
        return (int) region & (1 << REGIONS_SHIFT) - 1 << 1;
    }
}
