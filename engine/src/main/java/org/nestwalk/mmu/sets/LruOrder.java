package org.nestwalk.mmu.sets;

/// The recency order of up to 16 ways packed into a `long`: static functions on that word.
///
/// ```text
///  63  60                          7    4 3    0
/// +------+----------- ... --------+------+------+
/// | p 15 |                        | p 1  | p 0  |   one 4-bit way number a position
/// +------+----------- ... --------+------+------+
/// ```
///
/// Position 0 names the most recently used way, position `ways - 1` the least recently used;
/// positions beyond are zero. Both a use and a replacement are a few shifts, where time stamps
/// would need a search for the oldest at every miss.
final class LruOrder {
    /// The largest number of ways that a word can order.
    static final int MAX_WAYS = 16;

    private static final long ONES = 0x1111_1111_1111_1111L;
    private static final long HIGHS = 0x8888_8888_8888_8888L;

    private LruOrder() {}

    /// The order before any use: way 0 is the least recently used, so ways fill from the lowest.
    static long initial(int ways) {
        long order = 0;
        for (int way = 0; way < ways; way++) {
            order |= (long) way << (4 * (ways - 1 - way));
        }
        return order;
    }

    /// The order after a use of `way`, which must be in it: `way` comes first, those that were
    /// before it move back by one.
    static long touch(long order, int way) {
        long kept = -2L << highestBitOf(order, way);
        return order & kept | order << 4 & ~kept | way;
    }

    /// The order after a use of the way `last`, the last of those that `mask` is for.
    static long rotate(long order, int last, long mask) {
        return (order << 4 | last) & mask;
    }

    /// The highest bit of the position that names `way`.
    private static int highestBitOf(long order, int way) {
        long x = order ^ (way * ONES);
        // The lowest zero nibble of x is found exactly; zero nibbles beyond the last position lie
        // above it.
        return Long.numberOfTrailingZeros((x - ONES) & ~x & HIGHS);
    }

    /// The last way, the least recently used.
    ///
    /// @param shift the [shift][#shift] of the last position
    static int last(long order, int shift) {
        return (int) (order >>> shift);
    }

    /// The number of bits below `position`.
    static int shift(int position) {
        return 4 * position;
    }

    /// The bits that name `ways` ways.
    static long mask(int ways) {
        return -1L >>> 4 * (MAX_WAYS - ways);
    }

    /// The way at `position`.
    static int way(long order, int position) {
        return (int) (order >>> 4 * position) & 15;
    }

    /// The order with the ways at two positions exchanged.
    static long swap(long order, int one, int other) {
        long difference = (long) way(order, one) ^ way(order, other);
        return order ^ difference << 4 * one ^ difference << 4 * other;
    }

    /// The order with `way` last of `ways` ways, and those behind it one position further to the
    /// front.
    static long moveToBack(long order, int way, int ways) {
        long kept = (1L << (highestBitOf(order, way) & ~3)) - 1;
        return (order & kept) | (order >>> 4 & ~kept) | (long) way << 4 * (ways - 1);
    }
}
