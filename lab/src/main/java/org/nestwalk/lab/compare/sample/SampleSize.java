package org.nestwalk.lab.compare.sample;

import java.util.List;
import java.util.stream.Stream;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.TlbModel;

/// How much has to be made before a unit, and how long it is: what fills a machine's structures.
///
/// @param lines that are accessed once more after accesses were skipped: as many as the largest
///   data cache has
/// @param warm accesses that follow, of which TLBs and inner caches get the order in which they
///   would replace: several for each entry of the largest TLB
/// @param unit accesses of a unit, at least: a part of what it costs to prepare one
/// @param first accesses at the beginning that are all measured, at least: more than fill the
///   caches
record SampleSize(int lines, int warm, long unit, long first) {
    private static final int ACCESSES_PER_ENTRY = 16;
    private static final int LEAST = 256;

    /// For all machines of `options`.
    static SampleSize of(List<CompareOptions> options) {
        int lines = LEAST;
        int entries = 1;
        for (CompareOptions one : options) {
            ProcessorModel machine = one.machine();
            for (CacheModel cache : machine.memory().caches()) {
                lines = Math.max(lines, cache.geometry().entries());
            }
            for (TlbModel tlb : tlbs(machine)) {
                entries = Math.max(entries, tlb.geometry().entries());
            }
        }
        int warm = ACCESSES_PER_ENTRY * entries;
        lines = Math.max(lines, warm);
        return new SampleSize(lines, warm, Math.max(warm, lines / 4), 2L * lines);
    }

    private static List<TlbModel> tlbs(ProcessorModel machine) {
        return Stream.concat(
                        machine.translation().firstLevelTlbs().stream(),
                        machine.translation().secondLevelTlbs().stream())
                .toList();
    }

    /// Accesses that are made for a unit, at most.
    long cost() {
        return lines + warm + unit;
    }
}
