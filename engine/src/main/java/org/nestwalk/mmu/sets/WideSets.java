package org.nestwalk.mmu.sets;

import java.util.Arrays;

/// For an array whose sets have many ways: where each tag is, by chained hashing, and which ways
/// are free.
///
/// A fully associative TLB of 96 entries compares 96 tags at once; this table compares one or two.
/// It decides only where to look, never what is replaced.
final class WideSets {
    private static final int NONE = -1;

    private final int ways;
    private final int[] heads;
    private final int[] next;
    private final int shift;
    // A bit for each way; `words` longs a set.
    private final long[] free;
    private final int words;

    /// An index without tags; all ways are free.
    ///
    /// @param stride places from one set to the next
    WideSets(int sets, int ways, int stride) {
        this.ways = ways;
        int slots = sets * ways;
        // Sparse, so that a search for an absent tag mostly ends at an empty chain.
        int bits = Math.min(24, 35 - Integer.numberOfLeadingZeros(slots));
        this.heads = new int[1 << bits];
        this.next = new int[sets * stride];
        this.shift = 64 - bits;
        this.words = (ways + 63) / 64;
        this.free = new long[sets * words];
        clear();
    }

    /// The place of `tag`, or -1; `tags[place]` is the tag of every place that was added.
    int find(long[] tags, long tag) {
        int[] chain = next;
        int place = heads[chainOf(tag)];
        while (place >= 0 && tags[place] != tag) {
            place = chain[place];
        }
        return place;
    }

    /// Adds `place`, which holds `tag` and is not in the index.
    void add(int place, long tag) {
        int chain = chainOf(tag);
        next[place] = heads[chain];
        heads[chain] = place;
    }

    /// Removes `place`, which was added with `tag`.
    void remove(int place, long tag) {
        int chain = chainOf(tag);
        int at = heads[chain];
        if (at == place) {
            heads[chain] = next[place];
            return;
        }
        while (next[at] != place) {
            at = next[at];
        }
        next[at] = next[place];
    }

    /// The lowest free way of `set`, which is free no more; -1 if there is none.
    int takeFree(int set) {
        int end = (set + 1) * words;
        for (int at = set * words; at < end; at++) {
            long bits = free[at];
            if (bits != 0) {
                free[at] = bits & (bits - 1);
                return 64 * (at - set * words) + Long.numberOfTrailingZeros(bits);
            }
        }
        return NONE;
    }

    /// Makes a way free again.
    void release(int set, int way) {
        free[set * words + (way >>> 6)] |= 1L << way;
    }

    /// Removes all tags and frees all ways.
    void clear() {
        Arrays.fill(heads, NONE);
        for (int set = 0; set < free.length / words; set++) {
            for (int way = 0; way < ways; way++) {
                release(set, way);
            }
        }
    }

    private int chainOf(long tag) {
        return (int) ((tag * Fingerprints.MIX) >>> shift);
    }
}
