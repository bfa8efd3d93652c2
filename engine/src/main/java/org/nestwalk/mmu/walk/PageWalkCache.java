package org.nestwalk.mmu.walk;

import org.nestwalk.mmu.model.PageWalkCacheModel;
import org.nestwalk.mmu.sets.Fingerprints;
import org.nestwalk.mmu.sets.SetAssociative;
import org.nestwalk.paging.WalkVisitor;

/// A page walk cache as [PageWalkCacheModel] describes it. It holds no entries' values, and so
/// nothing that could be stale.
final class PageWalkCache {
    private static final int ENTRY_SHIFT = 3;

    private final SetAssociative entries;
    private final boolean nested;
    private final int hitCycles;

    /// An empty cache.
    ///
    /// @param seed for random replacement
    PageWalkCache(PageWalkCacheModel model, long seed) {
        this.entries = new SetAssociative(model.geometry(), seed);
        this.nested = model.nested();
        this.hitCycles = model.hitCycles();
    }

    /// Cycles of a reference that it serves.
    int hitCycles() {
        return hitCycles;
    }

    /// Whether it has the entry at `hpa` of a table of `level`; from now on it has, if it takes
    /// such entries.
    boolean serves(int dimension, int level, long hpa) {
        long number = hpa >>> ENTRY_SHIFT;
        return takes(dimension, level) && entries.useOrInsert(number, Fingerprints.spread(number));
    }

    /// The same, leaving no trace.
    boolean holds(int dimension, int level, long hpa) {
        long number = hpa >>> ENTRY_SHIFT;
        return takes(dimension, level) && entries.peek(number, number) >= 0;
    }

    private boolean takes(int dimension, int level) {
        return level > 1 && (nested || dimension == WalkVisitor.GUEST);
    }

    /// Removes all entries, as every invalidation does.
    void clear() {
        entries.clear();
    }
}
