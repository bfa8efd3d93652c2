package org.nestwalk.mmu;

import java.util.List;
import org.nestwalk.mmu.model.CacheModel;

/// The data-cache levels in front of memory, as seen by one address after the other.
///
/// Lines have 64 bytes. A reference searches the levels from the core outward and fills every level
/// that missed; levels replace on their own, so that a line may leave an outer level and stay in an
/// inner one. Stores are like loads: nothing is written back.
public final class CacheHierarchy {
    /// Log2 of the bytes of a line.
    public static final int LINE_SHIFT = 6;

    private final SetAssociative[] levels;
    private final int[] latencies;

    /// Empty caches.
    ///
    /// @param caches from the core outward; empty for a flat memory
    /// @param memoryCycles latency of a reference that misses all
    /// @param seed for levels with random replacement
    public CacheHierarchy(List<CacheModel> caches, int memoryCycles, long seed) {
        this.levels = new SetAssociative[caches.size()];
        this.latencies = new int[caches.size() + 1];
        for (int level = 0; level < levels.length; level++) {
            CacheModel cache = caches.get(level);
            levels[level] = new SetAssociative(cache.geometry(), seed + level);
            latencies[level] = cache.latencyCycles();
        }
        latencies[levels.length] = memoryCycles;
    }

    /// The number of cache levels; also the level number of memory.
    public int levels() {
        return levels.length;
    }

    /// Cycles of a reference that `level` (0 to [#levels]) served, from the start of the access.
    public int latency(int level) {
        return latencies[level];
    }

    /// References the line of host-physical address `hpa` (at most 52 bits) and returns the level
    /// that served it: 0 the first, [#levels] memory.
    public int access(long hpa) {
        SetAssociative[] levels = this.levels;
        long line = hpa >>> LINE_SHIFT;
        long prints = Fingerprints.spread(line);
        int level = 0;
        while (level < levels.length && !levels[level].useOrInsert(line, prints)) {
            level++;
        }
        return level;
    }

    /// The level that would serve `hpa`, changing nothing.
    public int peek(long hpa) {
        long line = hpa >>> LINE_SHIFT;
        int level = 0;
        while (level < levels.length && levels[level].peek(line, line) < 0) {
            level++;
        }
        return level;
    }

    /// Empties all levels.
    public void clear() {
        for (SetAssociative level : levels) {
            level.clear();
        }
    }
}
