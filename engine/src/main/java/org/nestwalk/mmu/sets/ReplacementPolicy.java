package org.nestwalk.mmu.sets;

import org.nestwalk.mmu.model.Geometry;

/// Chooses the way of a full set to replace. [SetAssociative] orders up to 16 ways by true LRU
/// itself, without one of these.
///
/// Sets and ways count from 0 and are within the geometry the policy was made for.
abstract sealed class ReplacementPolicy
        permits LruList, TreePlru, LeastFrequentlyUsed, RandomReplacement {
    /// A policy in its initial state.
    ///
    /// @param seed of the generator that [RandomReplacement] draws from; others ignore it
    static ReplacementPolicy of(Geometry geometry, long seed) {
        int sets = geometry.sets();
        int ways = geometry.ways();
        return switch (geometry.replacement()) {
            case LRU -> new LruList(sets, ways);
            case TREE_PLRU -> new TreePlru(sets, ways);
            case LFU -> new LeastFrequentlyUsed(sets, ways);
            case RANDOM -> new RandomReplacement(ways, seed);
        };
    }

    /// A lookup hit `way` of `set`.
    abstract void hit(int set, int way);

    /// A new entry was placed in `way` of `set`.
    abstract void filled(int set, int way);

    /// The way of the full set `set` to replace. The entry that replaces it is announced by
    /// [#filled].
    abstract int victim(int set);
}
