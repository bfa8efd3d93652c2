package org.nestwalk.mmu;

/// The sets of a data cache under true LRU with up to 16 ways: as [NarrowSets], but with room for
/// tags of 32 bits only, so that a model of 16 MiB takes 1.4 MiB and not 2.4.
///
/// A line's number has up to 46 bits. The set says its lowest ones, at least 7; the next 32 are the
/// tag; and what remains can be told by the fingerprint, which for lines that differ only there is
/// never the same ([Fingerprints#spreadLine]).
///
/// ```text
///  base                                                                  next base
/// +-------+---------------------+-----------------+-----------------+-----+------
/// | order | fingerprints, eight | tag 1  | tag 0  | tag 3  | tag 2  | ... | ...
/// |       | a word, two words   | 63..32 | 31..0  |        |        |     |
/// +-------+---------------------+-----------------+-----------------+-----+------
/// ```
///
/// A fingerprint of 0 marks a free way; those come last in the order.
final class LineSets {
    /// The fewest sets that say enough of a line.
    static final int LEAST_SETS = 128;

    private static final int LOW = 1;
    private static final int HIGH = 2;
    private static final int TAGS = 3;
    private static final long TAG = 0xffff_ffffL;

    private final long[] sets;
    private final int setMask;
    private final int setBits;
    private final int stride;
    private final int ways;
    private final boolean manyWays;
    private final long orderMask;

    /// Empty sets.
    ///
    /// @param count a power of two, at least [#LEAST_SETS]
    /// @param ways at most [LruOrder#MAX_WAYS]
    LineSets(int count, int ways) {
        this.setMask = count - 1;
        this.setBits = Integer.numberOfTrailingZeros(count);
        this.ways = ways;
        this.manyWays = ways > 8;
        this.stride = TAGS + (ways + 1) / 2;
        this.sets = new long[count * stride];
        this.orderMask = LruOrder.mask(ways);
        clear();
    }

    /// Whether `line` was held, which is now used, or else inserted in place of the least recently
    /// used one of its set.
    ///
    /// @param prints of [Fingerprints#spreadLine]
    boolean useOrInsert(long line, long prints) {
        long[] sets = this.sets;
        int base = base(line);
        long tag = tag(line);
        for (long left = candidates(base, prints); left != 0; left &= left - 1) {
            int way = way(left);
            if (tagAt(base, way) == tag) {
                sets[base] = LruOrder.touch(sets[base], way);
                return true;
            }
        }
        replaceLast(base, tag, prints);
        return false;
    }

    private void replaceLast(int base, long tag, long prints) {
        long[] sets = this.sets;
        long order = sets[base];
        int way = LruOrder.last(order, ways);
        sets[base] = LruOrder.rotate(order, way, orderMask);
        int print = base + LOW + (way >>> 3);
        sets[print] = Fingerprints.with(sets[print], way & 7, prints & 0xff);
        int at = base + TAGS + (way >>> 1);
        int shift = (way & 1) << 5;
        sets[at] = sets[at] & ~(TAG << shift) | tag << shift;
    }

    /// Whether `line` is held, leaving no trace.
    boolean holds(long line, long prints) {
        int base = base(line);
        long tag = tag(line);
        for (long left = candidates(base, prints); left != 0; left &= left - 1) {
            if (tagAt(base, way(left)) == tag) {
                return true;
            }
        }
        return false;
    }

    /// Removes all lines.
    void clear() {
        for (int base = 0; base < sets.length; base += stride) {
            sets[base] = LruOrder.initial(ways);
            sets[base + LOW] = 0;
            sets[base + HIGH] = 0;
        }
    }

    private int base(long line) {
        return ((int) line & setMask) * stride;
    }

    private long tag(long line) {
        return line >>> setBits & TAG;
    }

    private long tagAt(int base, int way) {
        return sets[base + TAGS + (way >>> 1)] >>> ((way & 1) << 5) & TAG;
    }

    /// The ways of the set at `base` whose fingerprints match: bit 8w + 7 stands for way w below 8,
    /// bit 8(w - 8) + 6 for the others.
    private long candidates(int base, long prints) {
        long[] sets = this.sets;
        long candidates = Fingerprints.matches(sets[base + LOW], prints);
        if (manyWays) {
            candidates |= Fingerprints.matches(sets[base + HIGH], prints) >>> 1;
        }
        return candidates;
    }

    /// The way that the lowest bit of `candidates` stands for.
    private static int way(long candidates) {
        int bit = Long.numberOfTrailingZeros(candidates);
        return (bit >>> 3) | ((~bit & 1) << 3);
    }
}
