package org.nestwalk.mmu.model;

/// A cache of the entries of one level of a paging structure, which lets a walk start below it.
///
/// An entry cached at level 2 (a PDE) gives the page table, so a walk begins at level 1; level 3 is
/// a PDPTE, level 4 a PML4E, level 5 a PML5E (Intel SDM volume 3A, section 4.10.3).
///
/// @param level level of the cached entries, 2 to 5
/// @param geometry its shape
public record StructureCacheModel(int level, Geometry geometry) {
    /// Checks the level.
    public StructureCacheModel {
        if (level < 2 || level > 5) {
            throw new IllegalArgumentException("no paging-structure cache at level " + level);
        }
    }
}
