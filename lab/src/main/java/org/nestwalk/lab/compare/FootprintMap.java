package org.nestwalk.lab.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nestwalk.memory.Longs;
import org.nestwalk.random.SplitMix64;

/// Where the accesses of a workload go as time passes, and which of them one setup's TLBs miss:
/// counted by page and by column of time.
///
/// Pages are aligned and of a power of two of bytes, at first of 4 KiB; whenever more than
/// [#MOST_PAGES] have been touched, neighbours become one. Columns are equal numbers of accesses;
/// whenever all [#COLUMNS] are full, every two become one. So a map of any workload takes 3.5 MiB,
/// and half as much again while neighbours become one, and nothing has to be known of it
/// beforehand. An access that crosses into another page is counted where it begins.
public final class FootprintMap {
    /// Columns of time, at most.
    public static final int COLUMNS = 64;

    /// Rows of a [Footprint], at most, and one more where there are accesses to both halves of the
    /// linear addresses.
    public static final int ROWS = 48;

    static final int MOST_PAGES = 1 << 12;

    private static final int SLOTS = 2 * MOST_PAGES;
    private static final int FIRST_SHIFT = 12;
    private static final int KINDS = 3;
    private static final int WALKS = COLUMNS;
    private static final int SPLINTERED = 2 * COLUMNS;

    // Open addressing: the page number of each slot, and its counts by kind and column, or null.
    private final long[] pages = new long[SLOTS];
    private final int[][] counts = new int[SLOTS][];
    private int size;
    private int shift = FIRST_SHIFT;
    private long width = 1;
    private long made;

    /// Counts one access.
    ///
    /// @param address where it begins
    /// @param walks of its parts, after misses of all TLBs
    /// @param splintered of these, walks that put less into the TLB than the guest's page
    void add(long address, long walks, long splintered) {
        if (made == COLUMNS * width) {
            foldColumns();
        }
        int column = (int) (made / width);
        made++;
        int[] row = row(address >> shift);
        row[column]++;
        row[WALKS + column] += (int) walks;
        row[SPLINTERED + column] += (int) splintered;
    }

    /// Forgets what was counted.
    void clear() {
        Arrays.fill(counts, null);
        size = 0;
        shift = FIRST_SHIFT;
        width = 1;
        made = 0;
    }

    private int[] row(long page) {
        int slot = slot(page);
        int[] row = counts[slot];
        if (row != null) {
            return row;
        }
        if (size == MOST_PAGES) {
            foldPages();
            return row(page >> 1);
        }
        size++;
        pages[slot] = page;
        counts[slot] = new int[KINDS * COLUMNS];
        return counts[slot];
    }

    /// Where `page` is, or would be.
    private int slot(long page) {
        int slot = (int) SplitMix64.mix(page) & SLOTS - 1;
        while (counts[slot] != null && pages[slot] != page) {
            slot = slot + 1 & SLOTS - 1;
        }
        return slot;
    }

    private void foldPages() {
        long[] oldPages = pages.clone();
        int[][] oldCounts = counts.clone();
        Arrays.fill(counts, null);
        size = 0;
        shift++;
        for (int slot = 0; slot < SLOTS; slot++) {
            if (oldCounts[slot] != null) {
                int[] row = row(oldPages[slot] >> 1);
                for (int i = 0; i < row.length; i++) {
                    row[i] += oldCounts[slot][i];
                }
            }
        }
    }

    private void foldColumns() {
        width *= 2;
        for (int[] row : counts) {
            for (int kind = 0; row != null && kind < KINDS * COLUMNS; kind += COLUMNS) {
                for (int column = 0; column < COLUMNS; column++) {
                    int from = kind + 2 * column;
                    row[kind + column] = 2 * column < COLUMNS ? row[from] + row[from + 1] : 0;
                }
            }
        }
    }

    /// What was counted, in [#ROWS] rows at most, each of as many pages that were touched.
    Footprint footprint() {
        List<Integer> slots = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            if (counts[slot] != null) {
                slots.add(slot);
            }
        }
        slots.sort((one, other) -> Long.compareUnsigned(pages[one], pages[other]));
        int columns = (int) ((made + width - 1) / width);
        int each = Math.max(1, (slots.size() + ROWS - 1) / ROWS);
        List<Footprint.Row> rows = new ArrayList<>();
        for (int from = 0; from < slots.size(); ) {
            int to = from + 1;
            while (to < slots.size()
                    && to - from < each
                    && isLow(slots.get(to)) == isLow(slots.get(from))) {
                to++;
            }
            rows.add(row(slots.subList(from, to), columns));
            from = to;
        }
        return new Footprint(made, width, rows);
    }

    /// Whether a slot's page is in the lower half of the linear addresses: no row has both.
    private boolean isLow(int slot) {
        return pages[slot] >= 0;
    }

    private Footprint.Row row(List<Integer> slots, int columns) {
        long[] sums = new long[KINDS * COLUMNS];
        for (int slot : slots) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += counts[slot][i];
            }
        }
        return new Footprint.Row(
                pages[slots.getFirst()] << shift,
                pages[slots.getLast()] + 1 << shift,
                (long) slots.size() << shift,
                Longs.of(Arrays.copyOf(sums, columns)),
                Longs.of(Arrays.copyOfRange(sums, WALKS, WALKS + columns)),
                Longs.of(Arrays.copyOfRange(sums, SPLINTERED, SPLINTERED + columns)));
    }
}
