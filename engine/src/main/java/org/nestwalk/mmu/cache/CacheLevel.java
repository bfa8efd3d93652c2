package org.nestwalk.mmu.cache;

import org.jspecify.annotations.Nullable;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.sets.LineSets;
import org.nestwalk.mmu.sets.SetAssociative;

/// The lines that one level of the cache hierarchy holds: in [LineSets] where its shape allows,
/// else in a [SetAssociative]. The choice does not show in the results.
final class CacheLevel {
    // Exactly one of them is null.
    private final @Nullable LineSets sets;
    private final @Nullable SetAssociative others;

    /// An empty level.
    ///
    /// @param seed for random replacement
    CacheLevel(Geometry geometry, long seed) {
        int count = geometry.sets();
        boolean usual =
                geometry.replacement() == Replacement.LRU && LineSets.fit(count, geometry.ways());
        this.sets = usual ? new LineSets(count, geometry.ways()) : null;
        this.others = usual ? null : new SetAssociative(geometry, seed);
    }

    /// Whether `line` was held, which is now used, or else inserted.
    ///
    /// @param line at most 46 bits
    /// @param prints its [org.nestwalk.mmu.sets.Fingerprints#spreadLine]
    boolean useOrInsert(long line, long prints) {
        LineSets sets = this.sets;
        return sets == null
                ? others != null && others.useOrInsert(line, prints)
                : sets.useOrInsert(line, prints);
    }

    /// Whether `line` is held, leaving no trace.
    boolean holds(long line, long prints) {
        LineSets sets = this.sets;
        return sets == null
                ? others != null && others.peek(line, line, prints) >= 0
                : sets.holds(line, prints);
    }

    /// Removes all lines.
    void clear() {
        if (sets != null) {
            sets.clear();
        } else if (others != null) {
            others.clear();
        }
    }
}
