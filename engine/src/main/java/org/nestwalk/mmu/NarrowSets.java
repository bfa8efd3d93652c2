package org.nestwalk.mmu;

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
/// Fingerprints stand in the order, free ways last, so that a replacement pushes one in at the
/// front and out at the end. Under other policies the order is that of way numbers and stays.
final class NarrowSets {
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
    private final long orderMask;
    private final long lowMask;
    private final long highMask;

    /// Empty sets.
    ///
    /// @param entryShift log2 of the words of an entry: 0, or 1 with payloads
    /// @param ordered whether replacement is true LRU
    NarrowSets(int count, int ways, int entryShift, boolean ordered) {
        this.setMask = count - 1;
        this.ways = ways;
        this.manyWays = ways > 8;
        this.entryShift = entryShift;
        this.ordered = ordered;
        this.stride = ENTRIES + (ways << entryShift);
        this.sets = new long[count * stride];
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
    static int firstPlace() {
        return ENTRIES;
    }

    /// The base of the set that is chosen by the lowest bits of `key`: there must be a power of two
    /// of sets.
    int base(long key) {
        return ((int) key & setMask) * stride;
    }

    /// The payload of the entry `tag`, or 0, in the set that the tag's lowest bits choose. A hit
    /// counts as a use. Sets are a power of two and under true LRU.
    long lookup(long tag, long prints) {
        int base = base(tag);
        long candidates = candidates(base, prints);
        return candidates == 0 ? 0 : lookupAmong(candidates, base, tag);
    }

    /// As [#lookup], first at the first of `candidates`, which is nearly always the right one.
    private long lookupAmong(long candidates, int base, long tag) {
        long[] sets = this.sets;
        int position = position(candidates);
        int place = place(base, LruOrder.way(sets[base], position));
        if (sets[place] != tag) {
            return lookupFurther(candidates & candidates - 1, base, tag);
        }
        use(base, position);
        return sets[place + 1];
    }

    private long lookupFurther(long candidates, int base, long tag) {
        int place = findAmong(candidates, base, tag);
        return place < 0 ? 0 : sets[place + 1];
    }

    /// Places `tag`, which must not be held, and its payload; otherwise as [#lookup].
    void insert(long tag, long prints, long payload) {
        sets[replaceLast(base(tag), tag, prints) + 1] = payload;
    }

    /// The place of the entry `tag` of the set at `base`, or -1. A hit counts as a use.
    int find(int base, long tag, long prints) {
        long candidates = candidates(base, prints);
        return candidates == 0 ? -1 : findAmong(candidates, base, tag);
    }

    /// The place of the entry `tag` of the set at `base`, or -1, leaving no trace.
    int peek(int base, long tag) {
        long candidates = candidates(base, Fingerprints.spread(tag));
        while (candidates != 0) {
            int place = place(base, LruOrder.way(sets[base], position(candidates)));
            if (sets[place] == tag) {
                return place;
            }
            candidates &= candidates - 1;
        }
        return -1;
    }

    /// Places `tag` in the way that comes last in the order of the set at `base`: the lowest free
    /// one, or the least recently used. Returns the place.
    int replaceLast(int base, long tag, long prints) {
        long[] sets = this.sets;
        long order = sets[base];
        int way = LruOrder.last(order, ways);
        sets[base] = LruOrder.rotate(order, way, orderMask);
        long low = sets[base + LOW];
        sets[base + LOW] = (low << 8 | prints & 0xff) & lowMask;
        if (manyWays) {
            sets[base + HIGH] = (sets[base + HIGH] << 8 | low >>> 56) & highMask;
        }
        int place = place(base, way);
        sets[place] = tag;
        return place;
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

    /// Places `tag` in `way` of the set at `base`; not under true LRU. Returns the place.
    int put(int base, int way, long tag, long prints) {
        print(base, way, prints & 0xff);
        int place = place(base, way);
        sets[place] = tag;
        return place;
    }

    /// Removes the entry in `way` of the set at `base`, which holds one.
    void remove(int base, int way) {
        sets[place(base, way)] = SetAssociative.INVALID;
        if (ordered) {
            dropPrint(base, LruOrder.position(sets[base], way));
            retire(base, way);
        } else {
            print(base, way, 0);
        }
    }

    /// Removes all entries.
    void clear() {
        for (int base = 0; base < sets.length; base += stride) {
            sets[base] = ordered ? LruOrder.initial(ways) : LruOrder.byNumber(ways);
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

    /// The positions in the order of the set at `base` whose fingerprints match: bit 8p + 7 stands
    /// for position p below 8, bit 8(p - 8) + 6 for the others.
    private long candidates(int base, long prints) {
        long[] sets = this.sets;
        long candidates = Fingerprints.matches(sets[base + LOW], prints);
        if (manyWays) {
            candidates |= Fingerprints.matches(sets[base + HIGH], prints) >>> 1;
        }
        return candidates;
    }

    /// The position that the lowest bit of `candidates` stands for.
    private static int position(long candidates) {
        int bit = Long.numberOfTrailingZeros(candidates);
        return (bit >>> 3) | ((~bit & 1) << 3);
    }

    private int findAmong(long candidates, int base, long tag) {
        long[] sets = this.sets;
        for (long left = candidates; left != 0; left &= left - 1) {
            int position = position(left);
            int place = place(base, LruOrder.way(sets[base], position));
            if (sets[place] == tag) {
                if (ordered) {
                    use(base, position);
                }
                return place;
            }
        }
        return -1;
    }

    /// Moves the way at `position` to the front: without asking whether it is there already, which
    /// is hard to predict.
    private void use(int base, int position) {
        long[] sets = this.sets;
        sets[base] = LruOrder.use(sets[base], position);
        long low = sets[base + LOW];
        if (!manyWays) {
            sets[base + LOW] = Fingerprints.moveToFront(low, position);
            return;
        }
        long high = sets[base + HIGH];
        long print = (position < 8 ? low : high) >>> 8 * position & 0xff;
        // All of the first word moves if the position is in the second, and nothing of that if not.
        long inHigh = -(long) (position >>> 3);
        long behind = -256L << 8 * position;
        long keptLow = behind & ~inHigh;
        long keptHigh = behind | ~inHigh;
        sets[base + LOW] = low & keptLow | (low << 8 | print) & ~keptLow;
        sets[base + HIGH] = high & keptHigh | (high << 8 | low >>> 56) & ~keptHigh;
    }

    private void print(int base, int position, long print) {
        int at = base + LOW + (position >>> 3);
        sets[at] = Fingerprints.with(sets[at], position & 7, print);
    }

    /// Removes the fingerprint at `position`; those behind move up, and the last is of a free way.
    private void dropPrint(int base, int position) {
        for (int i = position; i < ways; i++) {
            int next = i + 1;
            long word = next == ways ? 0 : sets[base + LOW + (next >>> 3)];
            print(base, i, word >>> 8 * next & 0xff);
        }
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
