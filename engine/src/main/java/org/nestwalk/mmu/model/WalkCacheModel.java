package org.nestwalk.mmu.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What shortens a processor's page walks.
///
/// @param guestStructureCaches caches of guest paging-structure entries (also those of native
///   paging); they hold the host-physical address of the next table. At most one per level
/// @param secondStructureCaches caches of second-level paging-structure entries. At most one per
///   level
/// @param nestedTlb guest-physical to host-physical translations used inside walks, or null
/// @param structureCacheCycles cycles for a walk's lookup of the paging-structure caches, if there
///   are any
/// @param nestedTlbCycles cycles for one lookup of the nested TLB, if there is one
public record WalkCacheModel(
        List<StructureCacheModel> guestStructureCaches,
        List<StructureCacheModel> secondStructureCaches,
        @Nullable Geometry nestedTlb,
        int structureCacheCycles,
        int nestedTlbCycles) {
    /// Nothing does: every walk reads all tables.
    public static final WalkCacheModel NONE = new WalkCacheModel(List.of(), List.of(), null, 0, 0);

    /// Copies the lists.
    public WalkCacheModel {
        guestStructureCaches = List.copyOf(guestStructureCaches);
        secondStructureCaches = List.copyOf(secondStructureCaches);
    }

    /// The same with another nested TLB, or none.
    public WalkCacheModel withNestedTlb(@Nullable Geometry geometry) {
        return new WalkCacheModel(
                guestStructureCaches,
                secondStructureCaches,
                geometry,
                structureCacheCycles,
                nestedTlbCycles);
    }
}
