package org.nestwalk.machine.transactions;

import java.util.Arrays;
import org.nestwalk.mmu.model.Geometry;

/// Lines that a cache of some shape keeps for a transaction: at most as many in each of its sets as
/// that has ways. The set of a line is its number modulo the number of sets.
public final class LineSet {
    private static final int FIRST_SLOTS = 64;
    private static final long FREE = -1;

    private final int ways;
    private final int[] used;
    private long[] slots = free(FIRST_SLOTS);
    private long[] lines = new long[FIRST_SLOTS / 2];
    private int size;

    /// Empty, for a cache of that shape.
    public LineSet(Geometry cache) {
        ways = cache.ways();
        used = new int[cache.sets()];
    }

    /// Keeps a line, if it is not kept already.
    ///
    /// @param line host-physical address over 64, not negative
    /// @return false, with nothing changed, if its set is full
    public boolean add(long line) {
        int slot = slot(line);
        if (slots[slot] == line) {
            return true;
        }
        int set = (int) (line % used.length);
        if (used[set] == ways) {
            return false;
        }
        used[set]++;
        slots[slot] = line;
        lines[size++] = line;
        if (size == lines.length) {
            grow();
        }
        return true;
    }

    /// Whether a line is kept.
    public boolean contains(long line) {
        return slots[slot(line)] == line;
    }

    /// Lines kept.
    public int size() {
        return size;
    }

    /// Forgets all lines, in time proportional to their number.
    public void clear() {
        for (int i = 0; i < size; i++) {
            used[(int) (lines[i] % used.length)] = 0;
        }
        if (size * 8 < slots.length) {
            for (int i = size - 1; i >= 0; i--) {
                slots[slot(lines[i])] = FREE;
            }
        } else {
            Arrays.fill(slots, FREE);
        }
        size = 0;
    }

    /// Where `line` is, or would be put. Half of the slots are free at least.
    private int slot(long line) {
        int mask = slots.length - 1;
        int slot = (int) (line * 0x9e37_79b9_7f4a_7c15L >>> 32) & mask;
        while (slots[slot] != line && slots[slot] != FREE) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        slots = free(2 * slots.length);
        lines = Arrays.copyOf(lines, 2 * lines.length);
        for (int i = 0; i < size; i++) {
            slots[slot(lines[i])] = lines[i];
        }
    }

    private static long[] free(int count) {
        long[] slots = new long[count];
        Arrays.fill(slots, FREE);
        return slots;
    }
}
