package org.nestwalk.lab.curve;

import java.util.Arrays;

/// Stacks of many ways. A set has a log of its uses, of which a bit says which are the latest of
/// their page: the distance of a page is the number of such uses since its own. They are counted 64
/// at a time, and where sets are large by sums over blocks of 1024 and of 16,384. A full log is
/// written anew with the latest uses of as many pages as there are ways, which happens at most once
/// in three times as many uses.
///
/// ```text
///            older                                    newer
///  log    | p4 | p7 | p1 | p7 | p9 | p1 | p4 |    |    |    |
///  latest |  0 |  0 |  0 |  1 |  1 |  1 |  1 |  0 |  0 |  0 |    p7 is at distance 4
/// ```
///
/// After Bennett and Kruskal, "LRU stack processing", IBM Journal of Research and Development
/// 19(4), 1975, who keep the sums in a tree.
final class DeepStacks extends LruStacks {
    private static final int LEAST_SLOTS = 64;
    private static final int BLOCK_SHIFT = 4;
    private static final int LARGE_SHIFT = 2 * BLOCK_SHIFT;
    private static final int IN_BLOCK = (1 << BLOCK_SHIFT) - 1;

    private final int slots;
    private final int[] log;
    private final long[] latest;

    // Bits of `latest` in blocks of 16 words and in large ones of 16 blocks; of use where a set has
    // more than one.
    private final int[] sums;
    private final int[] largeSums;

    // By set: the slot of the next use, from 0.
    private final int[] next;

    // By page: the slot of its latest use among all of `log`, from 1; 0 if there is none.
    private int[] places = new int[1024];

    /// Stacks of `ways` ways: not fewer than are asked about.
    DeepStacks(int sets, int ways) {
        super(sets, ways);
        int powerOfTwo = Integer.highestOneBit(Math.max(1, 2 * ways - 1));
        this.slots = Math.max(LEAST_SLOTS, 4 * powerOfTwo);
        this.log = new int[sets * slots];
        this.latest = new long[log.length >>> 6];
        this.sums = new int[(latest.length >>> BLOCK_SHIFT) + 1];
        this.largeSums = new int[(latest.length >>> LARGE_SHIFT) + 1];
        this.next = new int[sets];
    }

    @Override
    void use(int[] pages, long[] keys, int count) {
        for (int i = 0; i < count; i++) {
            uses[use(pages[i], setOf(keys[i]))]++;
        }
    }

    /// Uses `page` of `set`. Returns its distance, or 0 if that is greater than the ways or it was
    /// never used.
    int use(int page, int set) {
        if (page >= places.length) {
            places = Arrays.copyOf(places, Math.max(page + 1, 2 * places.length));
        }
        if (next[set] == slots) {
            writeAnew(set);
        }
        int slot = set * slots + next[set]++;
        int place = places[page];
        int distance = 0;
        if (place != 0) {
            distance = 1 + latestBetween(place - 1, slot);
            clear(place - 1);
        }
        log[slot] = page;
        latest[slot >>> 6] |= 1L << slot;
        add(slot >>> 6, 1);
        places[page] = slot + 1;
        return distance > ways ? 0 : distance;
    }

    /// Takes a page out of its stack.
    void remove(int page) {
        if (page < places.length && places[page] != 0) {
            clear(places[page] - 1);
            places[page] = 0;
        }
    }

    private void clear(int slot) {
        latest[slot >>> 6] &= ~(1L << slot);
        add(slot >>> 6, -1);
    }

    /// Adds to the sums of which a word of `latest` is a part.
    private void add(int word, int bits) {
        sums[word >>> BLOCK_SHIFT] += bits;
        largeSums[word >>> LARGE_SHIFT] += bits;
    }

    /// Latest uses after slot `place` and before `slot`, both of one set, in which all slots from
    /// `slot` on are free.
    private int latestBetween(int place, int slot) {
        long[] latest = this.latest;
        int from = place >>> 6;
        int to = slot >>> 6;
        int count = Long.bitCount(latest[from] & -2L << place);
        int lastWord = Math.min(to, from | IN_BLOCK);
        for (int word = from + 1; word <= lastWord; word++) {
            count += Long.bitCount(latest[word]);
        }
        int block = from >>> BLOCK_SHIFT;
        int lastBlock = Math.min(to >>> BLOCK_SHIFT, block | IN_BLOCK);
        while (++block <= lastBlock) {
            count += sums[block];
        }
        for (int large = (from >>> LARGE_SHIFT) + 1; large <= to >>> LARGE_SHIFT; large++) {
            count += largeSums[large];
        }
        return count;
    }

    private void writeAnew(int set) {
        int from = set * slots;
        int held = 0;
        for (int word = from >>> 6; word < from + slots >>> 6; word++) {
            held += Long.bitCount(latest[word]);
        }
        int dropped = held - ways;
        int to = from;
        for (int word = from >>> 6; word < from + slots >>> 6; word++) {
            for (long left = latest[word]; left != 0; left &= left - 1) {
                int page = log[(word << 6) + Long.numberOfTrailingZeros(left)];
                if (dropped-- > 0) {
                    places[page] = 0;
                } else {
                    log[to] = page;
                    places[page] = ++to;
                }
            }
        }
        mark(from, to);
        next[set] = to - from;
    }

    /// Marks the slots of a set from `from` up to `to` as latest uses, and no others of it.
    private void mark(int from, int to) {
        for (int word = from >>> 6; word < from + slots >>> 6; word++) {
            int marked = Math.clamp(to - (word << 6), 0, 64);
            add(word, marked - Long.bitCount(latest[word]));
            latest[word] = marked == 0 ? 0 : -1L >>> 64 - marked;
        }
    }
}
