package org.nestwalk.machine.invalidation;

import java.util.concurrent.atomic.AtomicIntegerArray;

/// What maps a block: one large page, or a table. 0 is nothing.
final class Mapping {
    /// The pages of a block.
    static final int PAGES = 8;

    final boolean large;
    final AtomicIntegerArray entries = new AtomicIntegerArray(PAGES);
    volatile boolean freed;

    Mapping(boolean large) {
        this.large = large;
    }

    Mapping copy(boolean asLarge) {
        Mapping copy = new Mapping(asLarge);
        for (int i = 0; i < PAGES; i++) {
            copy.entries.set(i, entries.get(i));
        }
        return copy;
    }

    boolean isEmpty() {
        return count() == 0;
    }

    int count() {
        int count = 0;
        for (int i = 0; i < PAGES; i++) {
            count += entries.get(i) == 0 ? 0 : 1;
        }
        return count;
    }
}
