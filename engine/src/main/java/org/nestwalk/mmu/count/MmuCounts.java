package org.nestwalk.mmu.count;

import org.nestwalk.bits.Access;

/// What a memory-management unit has counted: events, references and cycles, from the start or over
/// an interval.
public final class MmuCounts {
    /// Data loads.
    public long loads;

    /// Data stores and modifies.
    public long stores;

    /// Instruction fetches.
    public long fetches;

    /// 4-KiB boundaries that the accesses above cross, at each of which they are translated once
    /// more.
    public long pageCrossings;

    /// Translations for instruction fetches that missed the first-level TLBs.
    public long l1InstructionMisses;

    /// Translations for data accesses that missed the first-level TLBs.
    public long l1DataMisses;

    /// First-level misses for instruction fetches that missed the second level too, and walked.
    public long l2InstructionMisses;

    /// First-level misses for data accesses that missed the second level too, and walked.
    public long l2DataMisses;

    /// Walks after a miss in all TLBs.
    public final WalkCounts walks = new WalkCounts();

    /// Further walks, for accesses that a cached translation does not allow as it is: to set a
    /// dirty flag on the first write through a clean one, or to find that the access is refused.
    public final WalkCounts dirtyWalks = new WalkCounts();

    /// First-level TLB fills smaller than the guest's page.
    public long splinteredFills;

    /// Entries, of both dimensions, in which accessed or dirty flags were set.
    public long flagUpdates;

    /// Cycles of second-level TLB hits.
    public long tlbCycles;

    /// Cycles of all walks, with look-ups of their caches and flag updates.
    public long walkCycles;

    /// The part of [#walkCycles] that updates flags.
    public long flagCycles;

    /// References of walks, of all kinds and both dimensions, that were the first ever to their
    /// line of a table and that memory served: no cache can spare those. Zero on machines without
    /// data caches, where all references are served by memory.
    public long coldReferences;

    /// The part of [#walkCycles] that waits for [#coldReferences].
    public long coldCycles;

    /// Cycles of data accesses in the caches and memory.
    public long dataCycles;

    /// Of the cycles of all accesses, those that pass while other accesses are under way, and so
    /// take no time: 0 on a blocking machine.
    public long overlappedCycles;

    /// The same of the same accesses if TLBs were perfect: of their data alone.
    public long overlappedDataCycles;

    /// An account at zero.
    public MmuCounts() {}

    /// Counts an access packed by [Access] that may be anything but a whole load.
    public void countOther(long access) {
        if (Access.isContinued(access)) {
            pageCrossings++;
        } else if (Access.isFetch(access)) {
            fetches++;
        } else {
            stores++;
        }
    }

    /// Counts a translation that missed the first-level TLBs.
    ///
    /// @param fetch whether it is for an instruction fetch
    public void countFirstMiss(boolean fetch) {
        if (fetch) {
            l1InstructionMisses++;
        } else {
            l1DataMisses++;
        }
    }

    /// Counts a translation that missed the second level, too.
    ///
    /// @param fetch whether it is for an instruction fetch
    public void countSecondMiss(boolean fetch) {
        if (fetch) {
            l2InstructionMisses++;
        } else {
            l2DataMisses++;
        }
    }

    /// A copy of this account.
    public MmuCounts copy() {
        MmuCounts copy = new MmuCounts();
        copy.add(this, 1);
        return copy;
    }

    /// This account less an `earlier` one.
    public MmuCounts since(MmuCounts earlier) {
        MmuCounts difference = copy();
        difference.add(earlier, -1);
        return difference;
    }

    /// Adds another account to this one.
    public void add(MmuCounts other) {
        add(other, 1);
    }

    /// Accesses: loads, stores and fetches.
    public long accesses() {
        return loads + stores + fetches;
    }

    /// Cycles that all accesses take: `accessCycles` for every one, translation, and the latency of
    /// data, less what overlaps.
    public long cycles(int accessCycles) {
        return blockingCycles(accessCycles) - overlappedCycles;
    }

    /// Cycles that they would take one after the other.
    public long blockingCycles(int accessCycles) {
        return accesses() * accessCycles + translationCycles() + dataCycles;
    }

    /// The part of [#cycles] that perfect TLBs would save: cycles of translation that nothing
    /// hides.
    public long exposedTranslationCycles() {
        return translationCycles() - overlappedCycles + overlappedDataCycles;
    }

    /// First-level TLB misses of both kinds.
    public long l1Misses() {
        return l1InstructionMisses + l1DataMisses;
    }

    /// Second-level TLB misses of both kinds.
    public long l2Misses() {
        return l2InstructionMisses + l2DataMisses;
    }

    /// Cycles of translation, one after the other: what a blocking machine with perfect TLBs would
    /// not spend.
    public long translationCycles() {
        return tlbCycles + walkCycles;
    }

    /// Adds another account so many times.
    public void add(MmuCounts other, long times) {
        loads += times * other.loads;
        stores += times * other.stores;
        fetches += times * other.fetches;
        pageCrossings += times * other.pageCrossings;
        l1InstructionMisses += times * other.l1InstructionMisses;
        l1DataMisses += times * other.l1DataMisses;
        l2InstructionMisses += times * other.l2InstructionMisses;
        l2DataMisses += times * other.l2DataMisses;
        walks.add(other.walks, times);
        dirtyWalks.add(other.dirtyWalks, times);
        splinteredFills += times * other.splinteredFills;
        flagUpdates += times * other.flagUpdates;
        tlbCycles += times * other.tlbCycles;
        walkCycles += times * other.walkCycles;
        flagCycles += times * other.flagCycles;
        coldReferences += times * other.coldReferences;
        coldCycles += times * other.coldCycles;
        dataCycles += times * other.dataCycles;
        overlappedCycles += times * other.overlappedCycles;
        overlappedDataCycles += times * other.overlappedDataCycles;
    }
}
