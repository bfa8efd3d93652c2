package org.nestwalk.mmu.model;

import java.util.List;

/// Memory as a processor sees it, with the caches in front of it.
///
/// @param caches data-cache levels from the core outward, looked up by page-table references; empty
///   for a flat memory in which every reference costs `memoryCycles`
/// @param memoryCycles cycles of a reference that misses all caches
/// @param dataThroughCaches whether the program's own data accesses go through the caches and are
///   charged their latency
public record MemoryModel(List<CacheModel> caches, int memoryCycles, boolean dataThroughCaches) {
    /// Copies the list.
    public MemoryModel {
        caches = List.copyOf(caches);
    }

    /// The same with other caches.
    public MemoryModel withCaches(List<CacheModel> others) {
        return new MemoryModel(others, memoryCycles, dataThroughCaches);
    }
}
