package org.nestwalk.iommu;

import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;

/// What an IOMMU has: fields of its capability registers, and sizes that no register tells.
///
/// @param hostBits host address width, 32 to 52
/// @param memoryBytes physical memory; a table beyond it cannot be read
/// @param coherent whether it snoops the processors' caches when it reads tables (ECAP.C)
/// @param cachingMode whether it may cache what is not present (CAP.CM), as units do that are
///   emulated
/// @param snoopControl whether it knows SNP (ECAP.SC)
/// @param oneGiB 1-GiB pages in the second stage
/// @param faultRegisters fault recording registers (CAP.NFR + 1)
/// @param iotlb shape of the IOTLB, which is an assumption: no vendor tells
/// @param structures entries of each paging-structure cache, fully associative; an assumption
/// @param patience how often it looks whether devices have answered before it gives up (ITE)
public record UnitSettings(
        int hostBits,
        long memoryBytes,
        boolean coherent,
        boolean cachingMode,
        boolean snoopControl,
        boolean oneGiB,
        int faultRegisters,
        Geometry iotlb,
        int structures,
        int patience) {
    /// A unit of today's with `memoryBytes` of memory: coherent, with everything, 46 bits wide, and
    /// a fully associative IOTLB of 64 entries.
    public static UnitSettings of(long memoryBytes) {
        return new UnitSettings(
                46,
                memoryBytes,
                true,
                false,
                true,
                true,
                8,
                new Geometry(64, 64, Replacement.LRU),
                16,
                1_000);
    }

    /// The same, coherent or not.
    public UnitSettings withCoherent(boolean other) {
        return new UnitSettings(
                hostBits,
                memoryBytes,
                other,
                cachingMode,
                snoopControl,
                oneGiB,
                faultRegisters,
                iotlb,
                structures,
                patience);
    }

    /// The same, in caching mode or not.
    public UnitSettings withCachingMode(boolean other) {
        return new UnitSettings(
                hostBits,
                memoryBytes,
                coherent,
                other,
                snoopControl,
                oneGiB,
                faultRegisters,
                iotlb,
                structures,
                patience);
    }

    /// The same with another IOTLB, fully associative, of `entries`.
    public UnitSettings withIotlb(int entries) {
        return new UnitSettings(
                hostBits,
                memoryBytes,
                coherent,
                cachingMode,
                snoopControl,
                oneGiB,
                faultRegisters,
                new Geometry(entries, entries, Replacement.LRU),
                structures,
                patience);
    }

    /// The same without snoop control and 1-GiB pages.
    public UnitSettings plain() {
        return new UnitSettings(
                hostBits,
                memoryBytes,
                coherent,
                cachingMode,
                false,
                false,
                faultRegisters,
                iotlb,
                structures,
                patience);
    }
}
