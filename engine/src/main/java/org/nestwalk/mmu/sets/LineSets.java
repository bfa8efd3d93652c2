package org.nestwalk.mmu.sets;

import org.nestwalk.Intrinsics;

/// The sets of a data cache under true LRU with up to 16 ways: as [NarrowSets], but with room for
/// tags of 32 bits only, so that a model of 16 MiB takes 1.4 MiB and not 2.4.
///
/// A line's number has up to 46 bits. Of a power of two of sets, the set says its lowest bits, at
/// least 7; the next 32 are the tag; and what remains can be told by the fingerprint, which for
/// lines that differ only there is never the same ([Fingerprints#spreadLine]). Of other counts, the
/// set is the remainder and the tag all of the quotient.
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
public final class LineSets {
    private static final int LINE_BITS = 46;
    private static final int TAG_BITS = 32;
    private static final int LEAST_POWER = 1 << 7;
    private static final int LEAST_OTHER = 1 << LINE_BITS - TAG_BITS;
    private static final int MOST_OTHER = 1 << Long.SIZE - LINE_BITS;
    private static final int LOW = 1;
    private static final int HIGH = 2;
    private static final int TAGS = 3;
    private static final long TAG = 0xffff_ffffL;

    private final long[] sets;
    private final int count;
    private final int setMask;
    private final int setBits;
    private final long reciprocal;
    private final int stride;
    private final int ways;
    private final boolean manyWays;
    private final int lastShift;
    private final long orderMask;

    /// Empty sets.
    ///
    /// @param count and `ways` that [#fit]
    public LineSets(int count, int ways) {
        this.count = count;
        this.setMask = count - 1;
        this.setBits = Integer.numberOfTrailingZeros(count);
        // A little more than 2^64 / count: exact for lines below 2^46, as count is below 2^18.
        this.reciprocal = isPower(count) ? 0 : Long.divideUnsigned(-1, count) + 1;
        this.ways = ways;
        this.manyWays = ways > 8;
        this.stride = TAGS + (ways + 1) / 2;
        this.sets = new long[count * stride];
        this.lastShift = LruOrder.shift(ways - 1);
        this.orderMask = LruOrder.mask(ways);
        clear();
    }

    /// Whether sets of such a shape can be kept.
    public static boolean fit(int count, int ways) {
        return ways <= LruOrder.MAX_WAYS
                && (isPower(count)
                        ? count >= LEAST_POWER
                        : count >= LEAST_OTHER && count < MOST_OTHER);
    }

    private static boolean isPower(int count) {
        return Integer.bitCount(count) == 1;
    }

    /// Whether `line` was held, which is now used, or else inserted in place of the least recently
    /// used one of its set.
    ///
    /// @param prints of [Fingerprints#spreadLine]
    public boolean useOrInsert(long line, long prints) {
        long[] sets = this.sets;
        long tag = tag(line);
        int base = base(line, tag);
        for (long left = candidates(base, prints); left != 0; left &= left - 1) {
            int way = Fingerprints.way(left);
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
        int way = LruOrder.last(order, lastShift);
        sets[base] = LruOrder.rotate(order, way, orderMask);
        int print = base + LOW + (way >>> 3);
        sets[print] = Fingerprints.with(sets[print], way & 7, prints);
        int at = base + TAGS + (way >>> 1);
        int shift = (way & 1) << 5;
        sets[at] = sets[at] & ~(TAG << shift) | tag << shift;
    }

    /// Whether `line` is held, leaving no trace.
    public boolean holds(long line, long prints) {
        long tag = tag(line);
        int base = base(line, tag);
        for (long left = candidates(base, prints); left != 0; left &= left - 1) {
            if (tagAt(base, Fingerprints.way(left)) == tag) {
                return true;
            }
        }
        return false;
    }

    /// Removes all lines.
    public void clear() {
        for (int base = 0; base < sets.length; base += stride) {
            sets[base] = LruOrder.initial(ways);
            sets[base + LOW] = 0;
            sets[base + HIGH] = 0;
        }
    }

    private long tag(long line) {
        return reciprocal == 0
                ? line >>> setBits & TAG
                : Intrinsics.unsignedMultiplyHigh(line, reciprocal);
    }

    private int base(long line, long tag) {
        int set = reciprocal == 0 ? (int) line & setMask : (int) (line - tag * count);
        return set * stride;
    }

    private long tagAt(int base, int way) {
        return sets[base + TAGS + (way >>> 1)] >>> ((way & 1) << 5) & TAG;
    }

    private long candidates(int base, long prints) {
        return Fingerprints.candidates(sets, base + LOW, manyWays, prints);
    }
}
