package org.nestwalk.mmu.model;

import java.util.List;

/// Memory as a processor sees it, with the caches in front of it.
///
/// @param caches data-cache levels from the core outward, looked up by page-table references; empty
///   for a flat memory in which every reference costs `memoryCycles`
/// @param memoryCycles cycles of a reference that misses all caches
/// @param dataThroughCaches whether the program's own data accesses go through the caches and are
///   charged their latency
/// @param walksFrom the first of `caches` that page-table references look up and fill: 0, or 1
///   where walkers go past the data cache of the first level
public record MemoryModel(
        List<CacheModel> caches, int memoryCycles, boolean dataThroughCaches, int walksFrom) {
    /// Copies the list.
    public MemoryModel {
        caches = List.copyOf(caches);
        if (walksFrom < 0 || walksFrom > Math.min(1, caches.size())) {
            throw new IllegalArgumentException("walks from cache " + walksFrom);
        }
    }

    /// Memory whose page-table references go through all caches.
    public MemoryModel(List<CacheModel> caches, int memoryCycles, boolean dataThroughCaches) {
        this(caches, memoryCycles, dataThroughCaches, 0);
    }

    /// The same with other caches, at least as many as walks go past.
    public MemoryModel withCaches(List<CacheModel> others) {
        return new MemoryModel(others, memoryCycles, dataThroughCaches, walksFrom);
    }
}
