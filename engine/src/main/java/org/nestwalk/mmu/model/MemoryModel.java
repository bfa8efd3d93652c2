package org.nestwalk.mmu.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Memory as a processor sees it, with the caches in front of it.
///
/// @param caches data-cache levels from the core outward, looked up by page-table references; empty
///   for a flat memory in which every reference costs `memoryCycles`
/// @param memoryCycles cycles of a reference that misses all caches
/// @param dataThroughCaches whether the program's own data accesses go through the caches and are
///   charged their latency
/// @param pageWalkCache what page-table references look up in the place of the first of `caches`,
///   of which there is one then; null if they go through that
public record MemoryModel(
        List<CacheModel> caches,
        int memoryCycles,
        boolean dataThroughCaches,
        @Nullable PageWalkCacheModel pageWalkCache) {
    /// What serves references that nothing else does.
    public static final String MEMORY = "memory";

    /// Copies the list.
    public MemoryModel {
        caches = List.copyOf(caches);
        if (pageWalkCache != null && caches.isEmpty()) {
            throw new IllegalArgumentException("a page walk cache in the place of no cache");
        }
    }

    /// Memory whose page-table references go through all caches.
    public MemoryModel(List<CacheModel> caches, int memoryCycles, boolean dataThroughCaches) {
        this(caches, memoryCycles, dataThroughCaches, null);
    }

    /// The same with other caches; without any, there is no page walk cache.
    public MemoryModel withCaches(List<CacheModel> others) {
        PageWalkCacheModel kept = others.isEmpty() ? null : pageWalkCache;
        return new MemoryModel(others, memoryCycles, dataThroughCaches, kept);
    }

    /// The same with another page walk cache, or none.
    public MemoryModel withPageWalkCache(@Nullable PageWalkCacheModel other) {
        return new MemoryModel(caches, memoryCycles, dataThroughCaches, other);
    }

    /// What a page-table reference is served by, by number: 0 the first cache, the number of caches
    /// memory.
    public String walkServer(int number) {
        if (number == caches.size()) {
            return MEMORY;
        }
        return number == 0 && pageWalkCache != null
                ? PageWalkCacheModel.NAME
                : caches.get(number).name();
    }
}
