package org.nestwalk.lab.labs.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.SetupCounts;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.count.WalkCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// What one setup cost, as JSON.
///
/// @param name the setup
/// @param accesses loads, stores and fetches
/// @param loads data loads
/// @param stores data stores and modifies
/// @param fetches instruction fetches
/// @param pageCrossings 4-KiB boundaries that accesses cross, at each of which they are translated
///   once more
/// @param l1Misses translations that missed the first-level TLBs
/// @param l1InstructionMisses of these, for fetches
/// @param l1DataMisses of these, for data
/// @param l2Misses translations that missed the second-level TLB too
/// @param l2InstructionMisses of these, for fetches
/// @param l2DataMisses of these, for data
/// @param walks walks after these misses; `l2Misses`
/// @param references references of these walks
/// @param referencesPerWalk on average
/// @param guestReferences references to guest tables (or native, or shadow tables)
/// @param secondLevelReferences references to second-level tables
/// @param guestServed guest references by the level of the memory hierarchy that served them
/// @param secondLevelServed second-level references likewise
/// @param walkStarts walks by the guest paging-structure cache that shortened them
/// @param secondLevelStarts second-level walks by the cache that shortened them
/// @param nestedTlbHits second-level translations taken from the nested TLB
/// @param dirtyWalks walks that set a dirty flag on the first write through a clean translation
/// @param dirtyWalkReferences their references
/// @param splinteredFills first-level TLB fills smaller than the guest's page
/// @param flagUpdates entries in which accessed or dirty flags were set
/// @param translationCycles cycles of second-level TLB hits and of all walks, one after the other
/// @param walkCycles of these, cycles of walks
/// @param flagCycles of these, cycles of flag updates
/// @param coldReferences references, of all walks, that were the first to their line of a table and
///   that memory served
/// @param coldCycles of `walkCycles`, cycles of these
/// @param walkerBoundCycles least cycles in which the machine's walkers can do these walks, if they
///   are never idle
/// @param dataCycles cycles of data accesses in caches and memory, one after the other
/// @param blockingCycles all cycles if each access waits for the one before
/// @param exposedTranslationCycles the part of `cycles` that perfect TLBs would save
/// @param exits VM exits for maintaining tables
/// @param exitCycles their cycles
/// @param cycles all cycles under the model
/// @param translationShare translation's part of all cycles, 0 to 1
/// @param pageTableBytes bytes of all tables
public record SetupReport(
        String name,
        long accesses,
        long loads,
        long stores,
        long fetches,
        long pageCrossings,
        long l1Misses,
        long l1InstructionMisses,
        long l1DataMisses,
        long l2Misses,
        long l2InstructionMisses,
        long l2DataMisses,
        long walks,
        long references,
        double referencesPerWalk,
        long guestReferences,
        long secondLevelReferences,
        Map<String, Long> guestServed,
        Map<String, Long> secondLevelServed,
        Map<String, Long> walkStarts,
        Map<String, Long> secondLevelStarts,
        long nestedTlbHits,
        long dirtyWalks,
        long dirtyWalkReferences,
        long splinteredFills,
        long flagUpdates,
        long translationCycles,
        long walkCycles,
        long flagCycles,
        long coldReferences,
        long coldCycles,
        long walkerBoundCycles,
        long dataCycles,
        long blockingCycles,
        long exposedTranslationCycles,
        long exits,
        long exitCycles,
        long cycles,
        double translationShare,
        long pageTableBytes) {
    private static final String[] STARTS = {"root", "", "PDE", "PDPTE", "PML4E", "PML5E"};

    static List<SetupReport> all(List<SetupCounts> setups, CompareOptions options) {
        return setups.stream().map(setup -> of(setup, options.machine())).toList();
    }

    private static SetupReport of(SetupCounts setup, ProcessorModel machine) {
        MmuCounts counts = setup.counts();
        WalkCounts walks = counts.walks;
        return new SetupReport(
                setup.name(),
                counts.accesses(),
                counts.loads,
                counts.stores,
                counts.fetches,
                counts.pageCrossings,
                counts.l1Misses(),
                counts.l1InstructionMisses,
                counts.l1DataMisses,
                counts.l2Misses(),
                counts.l2InstructionMisses,
                counts.l2DataMisses,
                walks.walks,
                walks.references(),
                setup.referencesPerWalk(),
                walks.guestReferences,
                walks.secondLevelReferences,
                served(walks.guestServed, machine),
                served(walks.secondServed, machine),
                starts(walks.starts),
                starts(walks.secondStarts),
                walks.nestedTlbHits,
                counts.dirtyWalks.walks,
                counts.dirtyWalks.references(),
                counts.splinteredFills,
                counts.flagUpdates,
                counts.translationCycles(),
                counts.walkCycles,
                counts.flagCycles,
                counts.coldReferences,
                counts.coldCycles,
                Math.ceilDiv(counts.walkCycles, machine.translation().walkers()),
                counts.dataCycles,
                setup.blockingCycles(machine),
                counts.exposedTranslationCycles(),
                setup.exits(),
                setup.exitCycles(machine),
                setup.cycles(machine),
                setup.translationShare(machine),
                setup.pageTableBytes());
    }

    private static Map<String, Long> served(long[] counts, ProcessorModel machine) {
        Map<String, Long> served = new LinkedHashMap<>();
        for (int server = 0; server <= machine.memory().caches().size(); server++) {
            served.put(machine.memory().walkServer(server), counts[server]);
        }
        return served;
    }

    private static Map<String, Long> starts(long[] counts) {
        Map<String, Long> starts = new LinkedHashMap<>();
        for (int level = 0; level < counts.length; level++) {
            if (level == 0 || counts[level] > 0) {
                starts.put(STARTS[level], counts[level]);
            }
        }
        return starts;
    }
}
