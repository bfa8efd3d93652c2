package org.nestwalk.lab.calibrate;

import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.LoadPattern;

/// How often a random load is expected to meet each of the costs of a machine with certain
/// structures, under native or shadow paging, or as a guest whose hypervisor backs all memory by
/// small pages: a time is the sum of these, each multiplied by its latency.
///
/// | index | cost |
/// |---|---|
/// | 0 to 2 | a reference, by the load or by its walk, that a cache level serves |
/// | 3 | one that memory serves |
/// | 4 | a hit in the second-level TLB |
/// | 5 | a look into structure caches: a walk has one in each dimension |
///
/// What one structure holds is taken to be independent of the others.
final class Expectation {
    /// The index of memory.
    static final int MEMORY = Structures.CACHES;

    /// The index of a hit in the second-level TLB.
    static final int SECOND_TLB = MEMORY + 1;

    /// The index of a walk.
    static final int WALK = SECOND_TLB + 1;

    /// How many costs there are.
    static final int COSTS = WALK + 1;

    /// Entries of the nested TLB, which is never measured.
    static final int NESTED_TLB = 16;

    private static final double ENTRIES_PER_LINE = 8;

    private Expectation() {}

    /// For loads from memory with `pages`.
    ///
    /// @param splintered whether walks have a second dimension, of small pages
    static double[] of(
            Structures structures, LoadPattern pattern, PageSize pages, boolean splintered) {
        boolean large = pages == PageSize.SIZE_2M;
        boolean largeEntries = large && !splintered;
        double entry = (largeEntries ? PageSize.SIZE_2M : PageSize.SIZE_4K).bytes();
        double mapped = Math.min((double) pattern.units(), Math.ceil(pattern.bytes() / entry));
        double first =
                part(largeEntries ? structures.firstLarge() : structures.firstSmall(), mapped);
        double second =
                Math.max(
                        first,
                        part(
                                largeEntries ? structures.secondLarge() : structures.secondSmall(),
                                mapped));
        double walks = 1 - second;
        double directories = Math.ceil(pattern.bytes() / (double) PageSize.SIZE_2M.bytes());
        // A walk to a large page ends at the directory, which is found without it.
        double descents =
                largeEntries ? 0 : walks * (1 - part(structures.directoryEntries(), directories));
        double looks = walks;
        if (splintered) {
            // The host's own dimension: the entry of a directory that is a leaf, or that leads to
            // a table whose own place has to be found.
            double places = walks * (1 - part(NESTED_TLB, directories));
            looks += walks + (large ? 0 : places);
            descents += large ? walks : descents + places;
        }
        double[] lines = {
            (double) pattern.units(),
            Math.ceil(mapped / ENTRIES_PER_LINE),
            Math.ceil(directories / ENTRIES_PER_LINE),
            Math.ceil(mapped / ENTRIES_PER_LINE)
        };
        double[] uses = {1, walks, descents, splintered && !large ? walks : 0};
        double[] costs = new double[COSTS];
        costs[SECOND_TLB] = second - first;
        costs[WALK] = looks;
        double[] before = new double[uses.length];
        for (int level = 0; level <= MEMORY; level++) {
            Occupancy cache =
                    level == MEMORY
                            ? null
                            : new Occupancy(structures.cacheLines().get(level), lines, uses);
            for (int kind = 0; kind < uses.length; kind++) {
                double found = cache == null ? 1 : Math.max(before[kind], cache.hits(kind));
                costs[level] += uses[kind] * (found - before[kind]);
                before[kind] = found;
            }
        }
        return costs;
    }

    private static double part(long entries, double of) {
        return Math.min(1, entries / of);
    }
}
