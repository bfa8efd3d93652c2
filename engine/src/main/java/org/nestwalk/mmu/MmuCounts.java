package org.nestwalk.mmu;

import org.nestwalk.paging.WalkVisitor;

/// What an [Mmu] has counted: events, references and cycles, from the start or over an interval.
public final class MmuCounts {
    /// Levels of the memory hierarchy that are told apart: up to five caches and memory.
    public static final int SERVERS = 6;

    /// Data loads, and parts of loads that lie beyond a 4-KiB boundary are not counted here.
    public long loads;

    /// Data stores and modifies.
    public long stores;

    /// Instruction fetches.
    public long fetches;

    /// Accesses that cross a 4-KiB boundary and are translated twice.
    public long pageCrossings;

    /// Instruction fetches, and second parts of them, that missed the first-level TLBs.
    public long l1InstructionMisses;

    /// Data accesses, and second parts of them, that missed the first-level TLBs.
    public long l1DataMisses;

    /// First-level misses that missed the second level too, and so walked.
    public long l2Misses;

    /// Further walks to set a dirty flag on the first write through a clean translation.
    public long dirtyWalks;

    /// References of all walks to guest tables (native tables, shadow tables).
    public long guestReferences;

    /// References of all walks to second-level tables.
    public long secondLevelReferences;

    /// Those references of both dimensions that belong to dirty walks.
    public long dirtyWalkReferences;

    /// Guest references by the level of the memory hierarchy that served them.
    public final long[] guestServed = new long[SERVERS];

    /// Second-level references by the level of the memory hierarchy that served them.
    public final long[] secondServed = new long[SERVERS];

    /// Walks by where they began: index 0 at the root, index n after a hit in the guest
    /// paging-structure cache of level n entries.
    public final long[] walkStarts = new long[6];

    /// Second-level walks by where they began, likewise; nested-TLB hits are not among them.
    public final long[] secondStarts = new long[6];

    /// Second-level translations that the nested TLB gave.
    public long nestedTlbHits;

    /// TLB fills smaller than the guest's page.
    public long splinteredFills;

    /// Accessed and dirty flags set, in entries of both dimensions.
    public long flagUpdates;

    /// Cycles of second-level TLB hits.
    public long tlbCycles;

    /// Cycles of walks, with look-ups of their caches and flag updates.
    public long walkCycles;

    /// Cycles of data accesses in the caches and memory.
    public long dataCycles;

    /// An account at zero.
    public MmuCounts() {}

    /// A copy of this account.
    public MmuCounts copy() {
        return new MmuCounts().add(this, 1);
    }

    /// This account less an `earlier` one.
    public MmuCounts since(MmuCounts earlier) {
        return copy().add(earlier, -1);
    }

    /// Accesses: loads, stores and fetches.
    public long accesses() {
        return loads + stores + fetches;
    }

    /// First-level TLB misses of both kinds.
    public long l1Misses() {
        return l1InstructionMisses + l1DataMisses;
    }

    /// References of all walks.
    public long references() {
        return guestReferences + secondLevelReferences;
    }

    /// Cycles of translation: what a machine with perfect TLBs would not spend.
    public long translationCycles() {
        return tlbCycles + walkCycles;
    }

    void countReference(int dimension, int server) {
        if (dimension == WalkVisitor.GUEST) {
            guestReferences++;
            guestServed[server]++;
        } else {
            secondLevelReferences++;
            secondServed[server]++;
        }
    }

    private MmuCounts add(MmuCounts other, int sign) {
        loads += sign * other.loads;
        stores += sign * other.stores;
        fetches += sign * other.fetches;
        pageCrossings += sign * other.pageCrossings;
        l1InstructionMisses += sign * other.l1InstructionMisses;
        l1DataMisses += sign * other.l1DataMisses;
        l2Misses += sign * other.l2Misses;
        dirtyWalks += sign * other.dirtyWalks;
        guestReferences += sign * other.guestReferences;
        secondLevelReferences += sign * other.secondLevelReferences;
        dirtyWalkReferences += sign * other.dirtyWalkReferences;
        add(guestServed, other.guestServed, sign);
        add(secondServed, other.secondServed, sign);
        add(walkStarts, other.walkStarts, sign);
        add(secondStarts, other.secondStarts, sign);
        nestedTlbHits += sign * other.nestedTlbHits;
        splinteredFills += sign * other.splinteredFills;
        flagUpdates += sign * other.flagUpdates;
        tlbCycles += sign * other.tlbCycles;
        walkCycles += sign * other.walkCycles;
        dataCycles += sign * other.dataCycles;
        return this;
    }

    private static void add(long[] to, long[] from, int sign) {
        for (int i = 0; i < to.length; i++) {
            to[i] += sign * from[i];
        }
    }
}
