package org.nestwalk.lab.labs.vm;

import org.nestwalk.mmu.count.MmuCounts;

/// What the processors' translation has counted, all CPUs together, as JSON.
///
/// @param accesses loads, stores and fetches
/// @param l1Misses translations that missed the first-level TLBs
/// @param l2Misses translations that missed the second-level TLB too
/// @param walks walks after these misses
/// @param guestReferences their references to guest tables (or native, or shadow tables)
/// @param secondLevelReferences their references to second-level tables
/// @param nestedTlbHits second-level translations taken from the nested TLB
/// @param dirtyWalks walks that set a dirty flag on the first write through a clean translation
/// @param splinteredFills first-level TLB fills smaller than the guest's page
/// @param flagUpdates entries in which accessed or dirty flags were set
/// @param cycles of second-level TLB hits and of all walks
/// @param flagCycles of these, cycles of flag updates
/// @param coldReferences references that were the first to their line of a table and that memory
///   served
/// @param coldCycles of `cycles`, cycles of these
public record TranslationReport(
        long accesses,
        long l1Misses,
        long l2Misses,
        long walks,
        long guestReferences,
        long secondLevelReferences,
        long nestedTlbHits,
        long dirtyWalks,
        long splinteredFills,
        long flagUpdates,
        long cycles,
        long flagCycles,
        long coldReferences,
        long coldCycles) {
    static TranslationReport of(MmuCounts counts) {
        return new TranslationReport(
                counts.accesses(),
                counts.l1Misses(),
                counts.l2Misses(),
                counts.walks.walks,
                counts.walks.guestReferences,
                counts.walks.secondLevelReferences,
                counts.walks.nestedTlbHits,
                counts.dirtyWalks.walks,
                counts.splinteredFills,
                counts.flagUpdates,
                counts.translationCycles(),
                counts.flagCycles,
                counts.coldReferences,
                counts.coldCycles);
    }
}
