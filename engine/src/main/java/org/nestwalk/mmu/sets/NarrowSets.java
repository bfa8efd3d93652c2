package org.nestwalk.mmu.sets;

/// The sets of a [SetAssociative] that has up to 16 ways: searched by [Fingerprints], and under
/// true LRU ordered by [LruOrder].
///
/// All of a set lies together, so that a search and the replacement after it stay within a few
/// lines of the host's caches. The index of a set's first word is its *base*; a *place* is the
/// index of an entry's tag:
///
/// ```text
///  base                                                                     next base
/// +-------+---------------------+-------+------------------+-------+-----+--------
/// | order | fingerprints, eight | tag 0 | payload 0, if    | tag 1 | ... | ...
/// |       | a word, two words   |       | there are any    |       |     |
/// +-------+---------------------+-------+------------------+-------+-----+--------
/// ```
///
/// Free ways come last in the order. Under other policies it is not used.
public final class NarrowSets {
    private static final int LOW = 1;
    private static final int HIGH = 2;
    private static final int ENTRIES = 3;

    private final long[] sets;
    private final int setMask;
    private final int stride;
    private final int entryShift;
    private final int ways;
    private final boolean manyWays;
    private final boolean ordered;
    private final int lastShift;
    private final long orderMask;
    private final long lowMask;
    private final long highMask;

    /// Empty sets.
    ///
    /// @param entryShift log2 of the words of an entry: 0, or 1 with payloads
    /// @param ordered whether replacement is true LRU
    public NarrowSets(int count, int ways, int entryShift, boolean ordered) {
        this.setMask = count - 1;
        this.ways = ways;
        this.manyWays = ways > 8;
        this.entryShift = entryShift;
        this.ordered = ordered;
        this.stride = ENTRIES + (ways << entryShift);
        this.sets = new long[count * stride];
        this.lastShift = LruOrder.shift(ways - 1);
        this.orderMask = LruOrder.mask(ways);
        this.lowMask = Fingerprints.mask(ways);
        this.highMask = Fingerprints.mask(ways - 8);
        clear();
    }

    /// The words of all sets.
    long[] words() {
        return sets;
    }

    /// The distance of one base from the next.
    int stride() {
        return stride;
    }

    /// The place of way 0 of the set at base 0.
    public static int firstPlace() {
        return ENTRIES;
    }

    /// The base of the set that is chosen by the lowest bits of `key`: there must be a power of two
    /// of sets.
    int base(long key) {
        return ((int) key & setMask) * stride;
    }

    /// The payload of the entry `tag`, or 0, in the set that the tag's lowest bits choose. A hit
    /// counts as a use. Sets are a power of two and under true LRU.
    public long lookup(long tag, long prints) {
        int base = base(tag);
        long candidates = candidates(base, prints);
        return candidates == 0 ? 0 : lookupAmong(candidates, base, tag);
    }

    /// As [#lookup], first at the first of `candidates`, which is nearly always the right one.
    private long lookupAmong(long candidates, int base, long tag) {
        long[] sets = this.sets;
        int way = Fingerprints.way(candidates);
        int place = pairPlace(base, way);
        if (sets[place] != tag) {
            return lookupFurther(candidates & candidates - 1, base, tag);
        }
        // Without asking whether the way is first already, which is hard to predict.
        sets[base] = LruOrder.touch(sets[base], way);
        return sets[place + 1];
    }

    private long lookupFurther(long candidates, int base, long tag) {
        int place = findAmong(candidates, base, tag);
        return place < 0 ? 0 : sets[place + 1];
    }

    /// Places `tag`, which must not be held, and its payload; otherwise as [#lookup].
    public void insert(long tag, long prints, long payload) {
        long[] sets = this.sets;
        int base = base(tag);
        int place = pairPlace(base, renewLast(base, prints));
        sets[place] = tag;
        sets[place + 1] = payload;
    }

    /// Whether the entry `tag` was held, which is now used, or else inserted. Otherwise as
    /// [#lookup].
    public boolean useOrInsert(long tag, long prints) {
        int base = base(tag);
        long candidates = candidates(base, prints);
        if (candidates != 0 && findAmong(candidates, base, tag) >= 0) {
            return true;
        }
        replaceLast(base, tag, prints);
        return false;
    }

    /// The place of the entry `tag` of the set at `base`, or -1. A hit counts as a use.
    int find(int base, long tag, long prints) {
        long candidates = candidates(base, prints);
        return candidates == 0 ? -1 : findAmong(candidates, base, tag);
    }

    /// The place of the entry `tag` of the set at `base`, or -1, leaving no trace.
    int peek(int base, long tag, long prints) {
        long candidates = candidates(base, prints);
        while (candidates != 0) {
            int place = place(base, Fingerprints.way(candidates));
            if (sets[place] == tag) {
                return place;
            }
            candidates &= candidates - 1;
        }
        return -1;
    }

    /// Places `tag` in the way that comes last in the order of the set at `base`: the lowest free
    /// one, or the least recently used. Returns the place.
    public int replaceLast(int base, long tag, long prints) {
        int place = place(base, renewLast(base, prints));
        sets[place] = tag;
        return place;
    }

    private int renewLast(int base, long prints) {
        long[] sets = this.sets;
        long order = sets[base];
        int way = LruOrder.last(order, lastShift);
        sets[base] = LruOrder.rotate(order, way, orderMask);
        print(base, way, prints);
        return way;
    }

    /// Whether the set at `base` holds nothing.
    boolean isEmpty(int base) {
        return (sets[base + LOW] | sets[base + HIGH]) == 0;
    }

    /// The lowest free way of the set at `base`, or -1; not under true LRU.
    int freeWay(int base) {
        long low = Fingerprints.matches(sets[base + LOW], 0) & lowMask;
        if (low != 0) {
            return Long.numberOfTrailingZeros(low) >>> 3;
        }
        long high = Fingerprints.matches(sets[base + HIGH], 0) & highMask;
        return high == 0 ? -1 : 8 + (Long.numberOfTrailingZeros(high) >>> 3);
    }

    /// Places `tag` in `way` of the set at `base`, whatever the order. Returns the place.
    int put(int base, int way, long tag, long prints) {
        print(base, way, prints);
        int place = place(base, way);
        sets[place] = tag;
        return place;
    }

    /// Removes the entry in `way` of the set at `base`, which holds one.
    public void remove(int base, int way) {
        sets[place(base, way)] = SetAssociative.INVALID;
        print(base, way, 0);
        if (ordered) {
            retire(base, way);
        }
    }

    /// Removes all entries.
    void clear() {
        for (int base = 0; base < sets.length; base += stride) {
            sets[base] = LruOrder.initial(ways);
            sets[base + LOW] = 0;
            sets[base + HIGH] = 0;
            for (int way = 0; way < ways; way++) {
                sets[place(base, way)] = SetAssociative.INVALID;
            }
        }
    }

    private int place(int base, int way) {
        return base + ENTRIES + (way << entryShift);
    }

    private static int pairPlace(int base, int way) {
        return base + ENTRIES + 2 * way;
    }

    private long candidates(int base, long prints) {
        return Fingerprints.candidates(sets, base + LOW, manyWays, prints);
    }

    private int findAmong(long candidates, int base, long tag) {
        long[] sets = this.sets;
        for (long left = candidates; left != 0; left &= left - 1) {
            int way = Fingerprints.way(left);
            int place = place(base, way);
            if (sets[place] == tag) {
                if (ordered) {
                    sets[base] = LruOrder.touch(sets[base], way);
                }
                return place;
            }
        }
        return -1;
    }

    private void print(int base, int way, long prints) {
        int at = base + LOW + (way >>> 3);
        sets[at] = Fingerprints.with(sets[at], way & 7, prints);
    }

    /// Puts a way that has become free behind those in use, the lowest last.
    private void retire(int base, int way) {
        int position = ways - 1;
        long order = LruOrder.moveToBack(sets[base], way, ways);
        while (position > 0) {
            int before = LruOrder.way(order, position - 1);
            if (sets[place(base, before)] != SetAssociative.INVALID || before > way) {
                break;
            }
            order = LruOrder.swap(order, position - 1, position);
            position--;
        }
        sets[base] = order;
    }
}
