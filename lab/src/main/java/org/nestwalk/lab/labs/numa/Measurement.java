package org.nestwalk.lab.labs.numa;

import org.nestwalk.machine.topology.NodeCounts;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// What a stretch of a program cost.
///
/// @param accesses made
/// @param walks after misses in all TLBs
/// @param translationCycles of TLB hits and walks, one after the other
/// @param dataCycles of the program's references to its data, one after the other
/// @param cycles of all that; on a blocking machine, with as many references to data under way at
///   once as stated
/// @param guestTables references to guest tables that memory served
/// @param remoteGuestTables those of them that another node's memory served
/// @param secondLevelTables references to second-level tables that memory served
/// @param remoteSecondLevelTables those of them that another node's memory served
public record Measurement(
        long accesses,
        long walks,
        long translationCycles,
        long dataCycles,
        double cycles,
        long guestTables,
        long remoteGuestTables,
        long secondLevelTables,
        long remoteSecondLevelTables) {
    /// @param underWay references to data at once on a blocking machine
    static Measurement of(
            MmuCounts counts, NodeCounts nodes, ProcessorModel model, double underWay) {
        int accessCycles = model.costs().accessCycles();
        return new Measurement(
                counts.accesses(),
                counts.walks.walks,
                counts.translationCycles(),
                counts.dataCycles,
                model.overlap() != null
                        ? counts.cycles(accessCycles)
                        : (double) counts.accesses() * accessCycles
                                + counts.translationCycles()
                                + counts.dataCycles / underWay,
                nodes.references(MemoryDelay.GUEST_TABLE),
                nodes.remote(MemoryDelay.GUEST_TABLE),
                nodes.references(MemoryDelay.SECOND_LEVEL_TABLE),
                nodes.remote(MemoryDelay.SECOND_LEVEL_TABLE));
    }

    /// The part of cycles in which at least one walk is under way, if walks are never under way at
    /// once: 0 to 1.
    double walkShare() {
        return Math.min(1, translationCycles / Math.max(1, cycles));
    }

    /// References to tables on other nodes for each walk.
    public double remotePerWalk() {
        return (double) (remoteGuestTables + remoteSecondLevelTables) / Math.max(1, walks);
    }
}
