package org.nestwalk.memory;

import java.util.Arrays;

/// A growing set of numbers that lie in clusters, such as those of pages or lines in use, as
/// bitmaps of 32,768 numbers each found by hashing. Not thread-safe.
public final class NumberSet {
    private static final int CHUNK_SHIFT = 15;
    private static final long FREE = Long.MIN_VALUE;

    private long[] keys = new long[16];
    private long[][] bitmaps = new long[16][];
    private int used;
    private long lastKey = FREE;
    private long[] lastBitmap = {};

    /// An empty set.
    public NumberSet() {
        Arrays.fill(keys, FREE);
    }

    /// Adds a number; returns whether it was new.
    public boolean add(long number) {
        long key = number >> CHUNK_SHIFT;
        long[] bitmap = key == lastKey ? lastBitmap : bitmap(key);
        int bit = (int) number & (1 << CHUNK_SHIFT) - 1;
        long old = bitmap[bit >>> 6];
        long now = old | 1L << bit;
        if (now == old) {
            return false;
        }
        bitmap[bit >>> 6] = now;
        return true;
    }

    private long[] bitmap(long key) {
        int slot = slot(key);
        if (keys[slot] == FREE) {
            if (used * 2 >= keys.length) {
                grow();
                slot = slot(key);
            }
            keys[slot] = key;
            bitmaps[slot] = new long[1 << CHUNK_SHIFT - 6];
            used++;
        }
        lastKey = key;
        lastBitmap = bitmaps[slot];
        return lastBitmap;
    }

    private int slot(long key) {
        // The upper bits of the product are spread evenly for keys in a row, so that hardly any
        // share a slot (Knuth, "The Art of Computer Programming" 3, 6.4).
        int mask = keys.length - 1;
        int slot = (int) (key * 0x9e3779b97f4a7c15L >>> Long.numberOfLeadingZeros(mask));
        while (keys[slot] != key && keys[slot] != FREE) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[][] oldBitmaps = bitmaps;
        keys = new long[2 * oldKeys.length];
        bitmaps = new long[2 * oldKeys.length][];
        Arrays.fill(keys, FREE);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                bitmaps[slot] = oldBitmaps[i];
            }
        }
    }
}
