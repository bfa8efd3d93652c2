package org.nestwalk.traces.nwt;

import java.util.Arrays;

/// Predicts the next segment from the two before: the two templates that followed last time, most
/// recent first, in a hashed table.
final class Successors {
    private static final int BITS = 15;

    final int[] table = new int[2 << BITS];

    void reset() {
        Arrays.fill(table, 0);
    }

    /// The index of the first prediction after templates `previous` and, before it, `earlier`.
    static int indexOf(int previous, int earlier) {
        int hash = (previous * 0x9E3779B1 + earlier) * 0x85EBCA6B;
        return (hash >>> (32 - BITS)) << 1;
    }

    /// Remembers that `actual` followed.
    void update(int index, int actual) {
        if (table[index] != actual) {
            table[index + 1] = table[index];
            table[index] = actual;
        }
    }
}
