package org.nestwalk.mmu.cache;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.sets.Fingerprints;

/// The data-cache levels in front of memory, as seen by one address after the other.
///
/// Lines have 64 bytes. A reference searches the levels from the core outward and fills every level
/// that missed; levels replace on their own, so that a line may leave an outer level and stay in an
/// inner one. Stores are like loads: nothing is written back.
public final class CacheHierarchy {
    /// Log2 of the bytes of a line.
    public static final int LINE_SHIFT = 6;

    private final CacheLevel[] levels;
    private final int[] latencies;
    private final @Nullable MemoryDelay delay;

    /// Empty caches in front of memory that costs the same everywhere.
    ///
    /// @param caches from the core outward; empty for a flat memory
    /// @param memoryCycles latency of a reference that misses all
    /// @param seed for levels with random replacement
    public CacheHierarchy(List<CacheModel> caches, int memoryCycles, long seed) {
        this(caches, memoryCycles, null, seed);
    }

    /// Empty caches.
    ///
    /// @param caches from the core outward; empty for a flat memory
    /// @param memoryCycles latency of a reference that misses all
    /// @param delay what such a reference costs besides; null for nothing
    /// @param seed for levels with random replacement
    public CacheHierarchy(
            List<CacheModel> caches, int memoryCycles, @Nullable MemoryDelay delay, long seed) {
        this.delay = delay;
        this.levels = new CacheLevel[caches.size()];
        this.latencies = new int[caches.size() + 1];
        for (int level = 0; level < levels.length; level++) {
            CacheModel cache = caches.get(level);
            levels[level] = new CacheLevel(cache.geometry(), seed + level);
            latencies[level] = cache.latencyCycles();
        }
        latencies[levels.length] = memoryCycles;
    }

    /// The number of cache levels; also the level number of memory.
    public int levels() {
        return levels.length;
    }

    /// Whether every reference that memory serves costs the same.
    public boolean isUniform() {
        return delay == null;
    }

    /// Cycles of a reference of one of the kinds of [MemoryDelay] to `hpa`, from the start of the
    /// access.
    ///
    /// @param level which served it, 0 to [#levels]
    public int cycles(int level, int kind, long hpa) {
        int cycles = latencies[level];
        if (delay != null && level == levels.length) {
            cycles += delay.cycles(kind, hpa);
        }
        return cycles;
    }

    /// References the line of host-physical address `hpa` (at most 52 bits) and returns the level
    /// that served it: 0 the first, [#levels] memory.
    public int access(long hpa) {
        return access(hpa, 0);
    }

    /// The same past the levels before `first`, which are neither looked up nor filled.
    public int access(long hpa, int first) {
        CacheLevel[] levels = this.levels;
        long line = hpa >>> LINE_SHIFT;
        long prints = Fingerprints.spreadLine(line);
        int level = first;
        while (level < levels.length && !levels[level].useOrInsert(line, prints)) {
            level++;
        }
        return level;
    }

    /// The level from `first` on that would serve `hpa`, changing nothing.
    public int peek(long hpa, int first) {
        long line = hpa >>> LINE_SHIFT;
        long prints = Fingerprints.spreadLine(line);
        int level = first;
        while (level < levels.length && !levels[level].holds(line, prints)) {
            level++;
        }
        return level;
    }

    /// Empties all levels.
    public void clear() {
        for (CacheLevel level : levels) {
            level.clear();
        }
    }
}
