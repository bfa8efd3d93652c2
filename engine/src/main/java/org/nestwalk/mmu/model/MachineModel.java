package org.nestwalk.mmu.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A processor's address-translation hardware and memory latencies, as parameters.
///
/// The time model is that of a blocking machine: one access at a time, no overlap. It gives cycles
/// of translation and of data access, not instructions per cycle.
///
/// @param name how users call it
/// @param description one line
/// @param frequencyGHz nominal clock, to show cycles as nanoseconds
/// @param secondLevel the second-level table format it has
/// @param firstLevelTlbs looked up in order, all that serve the access; a miss in all is a
///   first-level miss
/// @param secondLevelTlbs looked up after a first-level miss; may be empty
/// @param guestStructureCaches caches of guest paging-structure entries (also those of native
///   paging); they hold the host-physical address of the next table. At most one per level
/// @param secondStructureCaches caches of second-level paging-structure entries. At most one per
///   level
/// @param nestedTlb guest-physical to host-physical translations used inside walks, or null
/// @param structureCacheCycles cycles for a walk's lookup of the paging-structure caches, if there
///   are any
/// @param nestedTlbCycles cycles for one lookup of the nested TLB, if there is one
/// @param caches data-cache levels from the core outward, looked up by page-table references; empty
///   for a flat memory in which every reference costs `memoryCycles`
/// @param memoryCycles cycles of a reference that misses all caches
/// @param dataThroughCaches whether the program's own data accesses go through the caches and are
///   charged their latency
/// @param accessCycles cycles charged for every access besides translation and data-cache latency
/// @param walkers page walkers working in parallel; bounds walk throughput, not latency
/// @param assistCycles cycles to set an accessed or dirty flag in a table entry
/// @param exitCycles cycles of a VM exit and entry with its handling in the hypervisor
public record MachineModel(
        String name,
        String description,
        double frequencyGHz,
        SecondLevelFormat secondLevel,
        List<TlbModel> firstLevelTlbs,
        List<TlbModel> secondLevelTlbs,
        List<StructureCacheModel> guestStructureCaches,
        List<StructureCacheModel> secondStructureCaches,
        @Nullable Geometry nestedTlb,
        int structureCacheCycles,
        int nestedTlbCycles,
        List<CacheModel> caches,
        int memoryCycles,
        boolean dataThroughCaches,
        int accessCycles,
        int walkers,
        int assistCycles,
        int exitCycles) {

    /// The second-level table format of a processor.
    public enum SecondLevelFormat {
        /// Intel extended page tables, without accessed and dirty flags.
        EPT,
        /// Intel extended page tables with accessed and dirty flags enabled (EPTP bit 6).
        EPT_AD,
        /// AMD nested page tables.
        NPT
    }

    /// Copies the lists.
    public MachineModel {
        firstLevelTlbs = List.copyOf(firstLevelTlbs);
        secondLevelTlbs = List.copyOf(secondLevelTlbs);
        guestStructureCaches = List.copyOf(guestStructureCaches);
        secondStructureCaches = List.copyOf(secondStructureCaches);
        caches = List.copyOf(caches);
    }

    /// This machine with another second-level table format.
    public MachineModel withSecondLevel(SecondLevelFormat format) {
        return new MachineModel(
                name,
                description,
                frequencyGHz,
                format,
                firstLevelTlbs,
                secondLevelTlbs,
                guestStructureCaches,
                secondStructureCaches,
                nestedTlb,
                structureCacheCycles,
                nestedTlbCycles,
                caches,
                memoryCycles,
                dataThroughCaches,
                accessCycles,
                walkers,
                assistCycles,
                exitCycles);
    }

    /// This machine without the caches that shorten walks: no paging-structure caches and no nested
    /// TLB.
    public MachineModel withoutWalkCaches() {
        return new MachineModel(
                name,
                description,
                frequencyGHz,
                secondLevel,
                firstLevelTlbs,
                secondLevelTlbs,
                List.of(),
                List.of(),
                null,
                structureCacheCycles,
                nestedTlbCycles,
                caches,
                memoryCycles,
                dataThroughCaches,
                accessCycles,
                walkers,
                assistCycles,
                exitCycles);
    }

    /// This machine without data caches: every reference is one to memory.
    public MachineModel withoutDataCaches() {
        return new MachineModel(
                name,
                description,
                frequencyGHz,
                secondLevel,
                firstLevelTlbs,
                secondLevelTlbs,
                guestStructureCaches,
                secondStructureCaches,
                nestedTlb,
                structureCacheCycles,
                nestedTlbCycles,
                List.of(),
                memoryCycles,
                dataThroughCaches,
                accessCycles,
                walkers,
                assistCycles,
                exitCycles);
    }
}
