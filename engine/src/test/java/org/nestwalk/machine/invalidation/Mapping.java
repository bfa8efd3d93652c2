package org.nestwalk.machine.invalidation;

import java.util.concurrent.atomic.AtomicIntegerArray;

/// What maps a block: one large page, or a table. 0 is nothing.
final class Mapping {
    final boolean large;
    final AtomicIntegerArray entries;
    volatile boolean freed;

    /// @param pages of the block
    Mapping(boolean large, int pages) {
        this.large = large;
        entries = new AtomicIntegerArray(pages);
    }

    Mapping copy(boolean asLarge) {
        Mapping copy = new Mapping(asLarge, entries.length());
        for (int i = 0; i < entries.length(); i++) {
            copy.entries.set(i, entries.get(i));
        }
        return copy;
    }

    boolean isEmpty() {
        return count() == 0;
    }

    int count() {
        int count = 0;
        for (int i = 0; i < entries.length(); i++) {
            count += entries.get(i) == 0 ? 0 : 1;
        }
        return count;
    }
}
