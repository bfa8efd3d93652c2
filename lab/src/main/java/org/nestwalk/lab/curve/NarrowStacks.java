package org.nestwalk.lab.curve;

import java.util.Arrays;

/// Stacks of a few ways, as arrays in order of use: a page that is used moves to the front, and
/// those before it by one.
final class NarrowStacks extends LruStacks {
    /// Up to so many ways a search takes less time than what [DeepStacks] do.
    static final int MOST_WAYS = 16;

    private static final int NONE = -1;

    private final int[] order;

    NarrowStacks(int sets, int ways) {
        super(sets, ways);
        this.order = new int[sets * ways];
        Arrays.fill(order, NONE);
    }

    @Override
    void use(int[] pages, long[] keys, int count) {
        for (int i = 0; i < count; i++) {
            uses[use(pages[i], setOf(keys[i]) * ways)]++;
        }
    }

    /// The distance of `page` in the set whose stack begins at `from`, or 0.
    private int use(int page, int from) {
        int[] order = this.order;
        int moved = page;
        for (int distance = 1; distance <= ways; distance++) {
            int at = from + distance - 1;
            int held = order[at];
            order[at] = moved;
            if (held == page) {
                return distance;
            }
            moved = held;
        }
        return 0;
    }
}
