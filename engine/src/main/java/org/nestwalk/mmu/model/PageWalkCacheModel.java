package org.nestwalk.mmu.model;

/// A page walk cache: entries of page tables, known by their host-physical addresses. A walk goes
/// through all levels of its tables nevertheless, and through a second-level walk for each guest
/// table, but reads from here what is held, of which entries of level 1 are none.
///
/// AMD's processors had one, Intel's translation caches skip levels instead (Bhargava et al.,
/// Accelerating two-dimensional page walks for virtualized systems, ASPLOS 2008; Barr et al.,
/// Translation caching: skip, don't walk (the page table), ISCA 2010).
///
/// @param geometry of its entries
/// @param nested whether it holds entries of second-level tables, too
/// @param hitCycles of a reference that it serves
public record PageWalkCacheModel(Geometry geometry, boolean nested, int hitCycles) {
    /// How reports call it, where they name caches.
    public static final String NAME = "PWC";

    /// The same without entries of second-level tables.
    public PageWalkCacheModel ofGuest() {
        return new PageWalkCacheModel(geometry, false, hitCycles);
    }
}
