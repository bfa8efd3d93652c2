package org.nestwalk.lab.labs.numa;

import org.nestwalk.machine.topology.NodeCounts;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.count.MmuCounts;

/// What a stretch of a program cost.
///
/// @param accesses made
/// @param walks after misses in all TLBs
/// @param translationCycles of TLB hits and walks
/// @param dataCycles of the program's references to its data, one after the other
/// @param guestTables references to guest tables that memory served
/// @param remoteGuestTables those of them that another node's memory served
/// @param secondLevelTables references to second-level tables that memory served
/// @param remoteSecondLevelTables those of them that another node's memory served
public record Measurement(
        long accesses,
        long walks,
        long translationCycles,
        long dataCycles,
        long guestTables,
        long remoteGuestTables,
        long secondLevelTables,
        long remoteSecondLevelTables) {
    static Measurement of(MmuCounts counts, NodeCounts nodes) {
        return new Measurement(
                counts.accesses(),
                counts.walks.walks,
                counts.translationCycles(),
                counts.dataCycles,
                nodes.references(MemoryDelay.GUEST_TABLE),
                nodes.remote(MemoryDelay.GUEST_TABLE),
                nodes.references(MemoryDelay.SECOND_LEVEL_TABLE),
                nodes.remote(MemoryDelay.SECOND_LEVEL_TABLE));
    }

    /// Cycles, if each access costs `accessCycles` besides and `overlap` references to data are
    /// under way at once.
    public double cycles(int accessCycles, double overlap) {
        return (double) accesses * accessCycles + translationCycles + dataCycles / overlap;
    }

    /// References to tables on other nodes for each walk.
    public double remotePerWalk() {
        return (double) (remoteGuestTables + remoteSecondLevelTables) / Math.max(1, walks);
    }
}
