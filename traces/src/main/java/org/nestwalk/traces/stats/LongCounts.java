package org.nestwalk.traces.stats;

import java.util.Arrays;

/// Counts per 64-bit key: open addressing with linear probing, no allocation but to grow.
final class LongCounts {
    private long[] keys = new long[1 << 10];
    private long[] counts = new long[1 << 10];
    private int size;

    /// Adds `n`, at least 1, to the count of `key`.
    void add(long key, long n) {
        int at = slotOf(key);
        if (counts[at] == 0) {
            keys[at] = key;
            size++;
        }
        counts[at] += n;
        if (2 * size > keys.length) {
            grow();
        }
    }

    /// How many different keys there are.
    int size() {
        return size;
    }

    /// All counts, ascending.
    long[] sortedCounts() {
        long[] sorted = new long[size];
        int n = 0;
        for (long count : counts) {
            if (count != 0) {
                sorted[n++] = count;
            }
        }
        Arrays.sort(sorted);
        return sorted;
    }

    /// All keys, ascending as unsigned numbers.
    long[] sortedKeys() {
        long[] sorted = new long[size];
        int n = 0;
        for (int i = 0; i < keys.length; i++) {
            if (counts[i] != 0) {
                sorted[n++] = keys[i] ^ Long.MIN_VALUE;
            }
        }
        Arrays.sort(sorted);
        for (int i = 0; i < n; i++) {
            sorted[i] ^= Long.MIN_VALUE;
        }
        return sorted;
    }

    /// The count of `key`, 0 if it never occurred.
    long get(long key) {
        return counts[slotOf(key)];
    }

    private int slotOf(long key) {
        int mask = keys.length - 1;
        int at = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (counts[at] != 0 && keys[at] != key) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldCounts = counts;
        keys = new long[2 * oldKeys.length];
        counts = new long[2 * oldKeys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldCounts[i] != 0) {
                int at = slotOf(oldKeys[i]);
                keys[at] = oldKeys[i];
                counts[at] = oldCounts[i];
            }
        }
    }
}
