package org.nestwalk.lab.curve;

import java.util.Arrays;
import org.nestwalk.random.SplitMix64;

/// Small numbers for pages that are known by tags, from 0 in the order in which they appear; those
/// of pages that were removed are given again.
final class PageIds {
    private static final int FREE = 0;

    // By slot of a hash table that is at most half full: a number plus one. By number: its tag.
    private int[] slots = new int[1 << 11];
    private long[] tags = new long[1 << 10];
    private int[] freed = new int[16];
    private int freedCount;
    private int given;

    /// The number of the page of `tag`, which it gets now if it has none.
    int of(long tag) {
        int mask = slots.length - 1;
        int slot = hash(tag) & mask;
        while (slots[slot] != FREE) {
            int id = slots[slot] - 1;
            if (tags[id] == tag) {
                return id;
            }
            slot = slot + 1 & mask;
        }
        return add(tag, slot);
    }

    /// How many pages have numbers.
    int size() {
        return given - freedCount;
    }

    /// The tag of a page.
    long tag(int id) {
        return tags[id];
    }

    /// Takes the number of a page away.
    void remove(int id) {
        int mask = slots.length - 1;
        int hole = hash(tags[id]) & mask;
        while (slots[hole] != id + 1) {
            hole = hole + 1 & mask;
        }
        // Entries behind it move up, unless they then stood before where their search begins
        // (Knuth, The Art of Computer Programming volume 3, section 6.4, algorithm R).
        for (int slot = hole + 1 & mask; slots[slot] != FREE; slot = slot + 1 & mask) {
            int home = hash(tags[slots[slot] - 1]) & mask;
            if ((slot - home & mask) >= (slot - hole & mask)) {
                slots[hole] = slots[slot];
                hole = slot;
            }
        }
        slots[hole] = FREE;
        if (freedCount == freed.length) {
            freed = Arrays.copyOf(freed, 2 * freedCount);
        }
        freed[freedCount++] = id;
    }

    private int add(long tag, int slot) {
        int id = freedCount > 0 ? freed[--freedCount] : given++;
        if (id == tags.length) {
            tags = Arrays.copyOf(tags, 2 * id);
        }
        tags[id] = tag;
        slots[slot] = id + 1;
        if (2 * size() > slots.length) {
            grow();
        }
        return id;
    }

    private void grow() {
        int[] old = slots;
        slots = new int[2 * old.length];
        int mask = slots.length - 1;
        for (int entry : old) {
            if (entry != FREE) {
                int slot = hash(tags[entry - 1]) & mask;
                while (slots[slot] != FREE) {
                    slot = slot + 1 & mask;
                }
                slots[slot] = entry;
            }
        }
    }

    private static int hash(long tag) {
        return (int) (tag * SplitMix64.GOLDEN_GAMMA >>> 32);
    }
}
