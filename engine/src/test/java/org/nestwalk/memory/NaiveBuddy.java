package org.nestwalk.memory;

import java.util.HashMap;
import java.util.Map;

/// The buddy allocator's twin: an owner for every frame, and search. Frames are numbers from 0.
final class NaiveBuddy {
    private final int[] owner;
    private final Map<Integer, Integer> orderAt = new HashMap<>();
    private int owners;

    NaiveBuddy(int frames) {
        owner = new int[frames];
    }

    /// The first frame of the block allocated, or -1.
    int allocate(int order) {
        for (int from = order; from <= 10; from++) {
            for (int start = 0; start < owner.length; start += 1 << from) {
                if (isFreeBlock(start, from)) {
                    occupy(start, order);
                    return start;
                }
            }
        }
        return -1;
    }

    boolean allocateAt(int start, int order) {
        if (!allFree(start, order)) {
            return false;
        }
        occupy(start, order);
        return true;
    }

    /// Whether such a block was allocated.
    boolean free(int start, int order) {
        if (orderAt.getOrDefault(start, -1) != order) {
            return false;
        }
        orderAt.remove(start);
        fill(start, order, 0);
        return true;
    }

    boolean split(int start, int order) {
        if (!free(start, order)) {
            return false;
        }
        for (int frame = start; frame < start + (1 << order); frame++) {
            occupy(frame, 0);
        }
        return true;
    }

    boolean isFree(int frame) {
        return owner[frame] == 0;
    }

    int allocatedOrder(int frame) {
        if (isFree(frame)) {
            return -1;
        }
        int start = frame;
        while (start > 0 && owner[start - 1] == owner[frame]) {
            start--;
        }
        return orderAt.getOrDefault(start, -1);
    }

    int freeBlocks(int order) {
        int found = 0;
        for (int start = 0; start < owner.length; start += 1 << order) {
            found += isFreeBlock(start, order) ? 1 : 0;
        }
        return found;
    }

    int freeFramesIn(int start, int order) {
        int found = 0;
        for (int frame = start; frame < start + (1 << order); frame++) {
            found += owner[frame] == 0 ? 1 : 0;
        }
        return found;
    }

    /// Free, and not part of a larger free block.
    private boolean isFreeBlock(int start, int order) {
        return allFree(start, order) && (order == 10 || !allFree(start & -(2 << order), order + 1));
    }

    boolean allFree(int start, int order) {
        int end = start + (1 << order);
        if (end > owner.length) {
            return false;
        }
        for (int frame = start; frame < end; frame++) {
            if (owner[frame] != 0) {
                return false;
            }
        }
        return true;
    }

    private void occupy(int start, int order) {
        orderAt.put(start, order);
        fill(start, order, ++owners);
    }

    private void fill(int start, int order, int who) {
        for (int frame = start; frame < start + (1 << order); frame++) {
            owner[frame] = who;
        }
    }
}
