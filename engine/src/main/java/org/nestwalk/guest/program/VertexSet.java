package org.nestwalk.guest.program;

import java.util.Arrays;
import org.nestwalk.random.SplitMix64;

/// A set of at most a given number of vertices below 2^40 that is emptied in no time: an
/// open-addressing table whose entries carry the number of the filling they belong to.
final class VertexSet {
    private static final int VERTEX_BITS = 40;
    private static final long FILLINGS = 1L << (63 - VERTEX_BITS);

    private final long[] table;
    private long filling = 1;

    /// For at most `capacity` vertices, up to 2^28.
    VertexSet(int capacity) {
        table = new long[Integer.highestOneBit(Math.max(1, capacity - 1)) << 2];
    }

    void clear() {
        filling++;
        if (filling == FILLINGS) {
            Arrays.fill(table, 0);
            filling = 1;
        }
    }

    /// Adds `vertex`; false if it was there.
    boolean add(long vertex) {
        long entry = filling << VERTEX_BITS | vertex;
        int mask = table.length - 1;
        int at = (int) SplitMix64.mix(vertex) & mask;
        while (table[at] >>> VERTEX_BITS == filling) {
            if (table[at] == entry) {
                return false;
            }
            at = (at + 1) & mask;
        }
        table[at] = entry;
        return true;
    }
}
