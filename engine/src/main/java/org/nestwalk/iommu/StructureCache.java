package org.nestwalk.iommu;

import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.mmu.walk.PagingStructureCaches;

/// The paging-structure caches of one stage.
final class StructureCache {
    private final PagingStructureCaches caches;

    StructureCache(Geometry geometry, TranslationContexts contexts) {
        this.caches = new PagingStructureCaches(TranslationCaches.models(geometry), contexts, 1);
    }

    /// The level of the table at which a walk may begin, or 0 for the root.
    int start(long address, int context) {
        int found = caches.findDeepest(address, context);
        return found == 0 ? 0 : found - 1;
    }

    /// That table, packed by [org.nestwalk.paging.TablePointer].
    long table() {
        return caches.payload();
    }

    /// Keeps the table at `level` that a walk of `address` has used.
    void found(int level, long address, int context, long table) {
        if (!caches.holds(level + 1, address, context)) {
            caches.insert(level + 1, address, context, table);
        }
    }

    void invalidate(InvalidationScope scope) {
        caches.invalidate(scope);
    }
}
