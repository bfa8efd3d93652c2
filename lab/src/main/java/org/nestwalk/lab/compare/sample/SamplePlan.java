package org.nestwalk.lab.compare.sample;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.random.Xoshiro256;

/// Which accesses of a workload are measured: the first ones, where caches and tables fill, and
/// after them two units at random places in each of a number of strata of equal length.
///
/// Two units a stratum, and not one at regular distances as in SMARTS (Wunderlich et al., ISCA
/// 2003): no period of a program can coincide with random places, and the difference of the two
/// gives the variance without bias, however the program changes from stratum to stratum (Cochran,
/// "Sampling Techniques", 3rd edition 1977, sections 5.3, 5A.11 and 8.3).
///
/// @param from the first access that counts
/// @param first accesses from there on that are all measured
/// @param units of a stratum, an even number
/// @param unit accesses of a unit
/// @param strata the two units of each that are measured, in order
record SamplePlan(long from, long first, long units, long unit, List<List<Long>> strata) {
    /// Copies the list.
    SamplePlan {
        strata = strata.stream().map(List::copyOf).toList();
    }

    /// A plan.
    ///
    /// @param from the first access that counts
    /// @param first accesses from there on that are all measured, at least
    /// @param end after the last access; at least `strata` times two units lie between
    /// @param unit accesses of a unit, at least
    /// @param seed of the places
    static SamplePlan of(long from, long first, long end, long unit, int strata, long seed) {
        long length = end - from - first;
        long units = 2 * Math.max(1, length / unit / (2L * strata));
        long exact = length / (strata * units);
        long begin = end - exact * strata * units;
        Xoshiro256 random = new Xoshiro256(seed);
        List<List<Long>> all = new ArrayList<>();
        for (int stratum = 0; stratum < strata; stratum++) {
            long low = begin + stratum * units * exact;
            long one = random.nextBelow(units);
            long other = random.nextBelow(units - 1);
            other += other >= one ? 1 : 0;
            all.add(
                    List.of(
                            low + Math.min(one, other) * exact,
                            low + Math.max(one, other) * exact));
        }
        return new SamplePlan(from, begin - from, units, exact, all);
    }

    /// Accesses that are measured.
    long measured() {
        return first + 2L * strata.size() * unit;
    }

    /// What is done with accesses.
    enum Way {
        /// Skipped: of them only what [SkippedAccesses] keeps is known.
        SKIP,
        /// Made, so that caches and TLBs are as they would be.
        WARM,
        /// Made and measured.
        MEASURE
    }

    /// Accesses up to, not including, `end`, and what is done with them.
    record Phase(Way way, long end) {}

    /// All accesses, in order.
    ///
    /// @param warm accesses before a measured unit that are made
    List<Phase> phases(long warm) {
        List<Phase> phases = new ArrayList<>();
        lead(phases, 0, from, warm);
        phases.add(new Phase(Way.MEASURE, from + first));
        for (List<Long> measured : strata) {
            for (long begin : measured) {
                lead(phases, phases.getLast().end(), begin, warm);
                phases.add(new Phase(Way.MEASURE, begin + unit));
            }
        }
        phases.add(new Phase(Way.SKIP, Long.MAX_VALUE));
        return phases;
    }

    private static void lead(List<Phase> phases, long from, long begin, long warm) {
        if (begin - from > warm) {
            phases.add(new Phase(Way.SKIP, begin - warm));
        }
        if (begin > from) {
            phases.add(new Phase(Way.WARM, begin));
        }
    }
}
