package org.nestwalk.memory;

import org.nestwalk.random.Permutation;
import org.nestwalk.random.SplitMix64;

/// The integers from 0 to `limit` - 1, each once, in a scattered order: those of the first window
/// in a seeded permutation, then those of the next window, and so on. Each window is twice as large
/// as the one before, so that few requests stay near each other and many spread far.
final class ScatteredIndices {
    private final long limit;
    private final long seed;
    private long start;
    private long used;
    private Permutation window;

    /// Over [0, limit), with a first window of `first` indices or fewer if there are not so many.
    ScatteredIndices(long limit, long first, long seed) {
        this.limit = limit;
        this.seed = seed;
        window = new Permutation(Math.min(first, limit), SplitMix64.hash(seed, 0));
    }

    /// The next index, or -1 when all were given.
    long next() {
        if (used == window.size() && !openNextWindow()) {
            return -1;
        }
        return start + window.apply(used++);
    }

    private boolean openNextWindow() {
        long nextStart = start + window.size();
        if (nextStart == limit) {
            return false;
        }
        long size = Math.min(2 * window.size(), limit - nextStart);
        start = nextStart;
        used = 0;
        window = new Permutation(size, SplitMix64.hash(seed, nextStart));
        return true;
    }
}
