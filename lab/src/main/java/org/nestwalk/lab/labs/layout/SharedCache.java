package org.nestwalk.lab.labs.layout;

import java.util.List;
import org.nestwalk.mmu.cache.CacheHierarchy;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.ProcessorModel;

/// A processor's last-level cache, which a neighbour on another core shares and nothing else, and
/// the time that references through it take.
final class SharedCache {
    private static final int LINES_OF_A_PAGE = 64;
    private static final int PAGE_SHIFT = 12;

    // Physical address bits whose parity is each bit of the slice's number.
    private static final int[][] SLICES = {
        {6, 10, 12, 14, 16, 17, 18, 20, 22, 24, 25, 26, 27, 28, 30, 32, 33, 35, 36},
        {7, 11, 13, 15, 17, 19, 20, 21, 22, 23, 24, 26, 28, 29, 31, 33, 34, 35, 37},
        {8, 12, 13, 16, 19, 22, 23, 26, 27, 30, 31, 34, 35, 36, 37}
    };

    private final CacheModel model;
    private final CacheHierarchy cache;
    private long accesses;
    private long cycles;

    private SharedCache(CacheModel model, int memoryCycles) {
        this.model = model;
        this.cache = new CacheHierarchy(List.of(model), memoryCycles, 1);
    }

    /// That of a processor, empty.
    static SharedCache of(ProcessorModel processor) {
        return new SharedCache(
                processor.memory().caches().getLast(), processor.memory().memoryCycles());
    }

    /// Lines of a set.
    int ways() {
        return model.geometry().ways();
    }

    /// Kinds of pages whose lines have no set in common: at least 1.
    int colours() {
        return Math.max(1, model.geometry().sets() / LINES_OF_A_PAGE);
    }

    /// The colour of the page at `address`, host-physical or, for who guesses, guest-physical.
    int colour(long address) {
        return (int) ((address >>> PAGE_SHIFT) % colours());
    }

    /// The slice that the first line of the page at `address` is in, 0 to 7, by the function of
    /// processors with eight slices (Maurice et al., "Reverse engineering Intel last-level cache
    /// complex addressing using performance counters", RAID 2015).
    static int slice(long address) {
        int slice = 0;
        for (int bit = 0; bit < SLICES.length; bit++) {
            int parity = 0;
            for (int source : SLICES[bit]) {
                parity ^= (int) (address >>> source) & 1;
            }
            slice |= parity << bit;
        }
        return slice;
    }

    /// References the line at `hpa`. Returns whether it was in the cache.
    boolean access(long hpa) {
        int level = cache.access(hpa);
        accesses++;
        cycles += cache.cycles(level, MemoryDelay.DATA, hpa);
        return level == 0;
    }

    /// References so far.
    long accesses() {
        return accesses;
    }

    /// Cycles that they took.
    long cycles() {
        return cycles;
    }
}
