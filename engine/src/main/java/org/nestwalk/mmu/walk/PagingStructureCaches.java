package org.nestwalk.mmu.walk;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.model.StructureCacheModel;
import org.nestwalk.mmu.sets.Fingerprints;
import org.nestwalk.mmu.sets.SetAssociative;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.InvalidationScope.Extent;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.mmu.tlb.TranslationTag;

/// The paging-structure caches of one dimension: with them a walk starts below the deepest entry
/// that is known.
///
/// An entry of the cache of level 2 (PDE), 3 (PDPTE), 4 (PML4E) or 5 (PML5E) is known by the bits
/// of the address above what such an entry covers, and by a context. Its payload, which the caller
/// defines, is the host-physical address of the next table with the permissions accumulated so far
/// (Intel SDM volume 3A, section 4.10.3). The guest's dimension uses linear addresses with the
/// contexts of its mappings, the second one guest-physical addresses with those of
/// [TranslationContexts#ofGuestPhysical]. No entry is global.
public final class PagingStructureCaches {
    private static final int DEEPEST = 2;
    private static final int LEVELS = 6;

    private final TranslationContexts contexts;
    private final @Nullable SetAssociative[] caches = new SetAssociative[LEVELS];
    private long payload;

    /// Empty caches.
    ///
    /// @param models at most one of each level; without any, every search misses
    /// @param contexts where the ids of contexts come from
    /// @param seed for random replacement
    public PagingStructureCaches(
            List<StructureCacheModel> models, TranslationContexts contexts, long seed) {
        this.contexts = contexts;
        for (StructureCacheModel model : models) {
            int level = model.level();
            if (caches[level] != null) {
                throw new IllegalArgumentException("two paging-structure caches of level " + level);
            }
            caches[level] = new SetAssociative(model.geometry(), true, seed + level);
        }
    }

    /// The level, 2 to 5, of the deepest entry known for `address`, or 0. Its payload is then
    /// [#payload]. Only the entry that hits is used; caches of higher levels are not looked at.
    public int findDeepest(long address, int context) {
        for (int level = DEEPEST; level < LEVELS; level++) {
            SetAssociative cache = caches[level];
            if (cache != null) {
                long number = numberOf(address, level);
                long tag = TranslationTag.of(number, 0, context);
                int place = cache.find(number, tag, Fingerprints.spread(tag));
                if (place >= 0) {
                    payload = cache.payload(place);
                    return level;
                }
            }
        }
        return 0;
    }

    /// The payload of the last hit of [#findDeepest].
    public long payload() {
        return payload;
    }

    /// Whether a cache of `level` (2 to 5) holds an entry for `address`, leaving no trace.
    public boolean holds(int level, long address, int context) {
        SetAssociative cache = caches[level];
        long number = numberOf(address, level);
        return cache != null && cache.peek(number, TranslationTag.of(number, 0, context)) >= 0;
    }

    /// Caches the entry of `level` (2 to 5) for `address`; does nothing if there is no cache of
    /// that level.
    ///
    /// Precondition: a search has just missed it, so that it is not held.
    public void insert(int level, long address, int context, long payload) {
        SetAssociative cache = caches[level];
        if (cache == null) {
            return;
        }
        long number = numberOf(address, level);
        long tag = TranslationTag.of(number, 0, context);
        cache.insert(number, tag, Fingerprints.spread(tag), payload);
    }

    /// Removes the entries that `scope` affects.
    public void invalidate(InvalidationScope scope) {
        for (int level = DEEPEST; level < LEVELS; level++) {
            SetAssociative cache = caches[level];
            if (cache != null) {
                invalidate(cache, scope, numberOf(scope.address(), level));
            }
        }
    }

    private void invalidate(SetAssociative cache, InvalidationScope scope, long number) {
        boolean all = scope.extent() != Extent.ADDRESS;
        int first = all ? 0 : cache.setOf(number);
        int end = all ? cache.sets() : first + 1;
        for (int set = first; set < end; set++) {
            for (int way = 0; way < cache.ways(); way++) {
                int place = cache.place(set, way);
                long tag = cache.tag(place);
                if (tag != SetAssociative.INVALID
                        && (all || TranslationTag.number(tag) == number)
                        && scope.affects(contexts, TranslationTag.context(tag))) {
                    cache.invalidate(place);
                }
            }
        }
    }

    private static long numberOf(long address, int level) {
        return TranslationTag.number(address, PageSize.shiftOfLevel(level));
    }
}
