package org.nestwalk.lab.curve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.lab.compare.LookupCounter;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.tlb.TranslationTag;

/// The naive twin of [ExactCurve]: keeps all look-ups, and goes through lists of pages in order of
/// use for each geometry. Faults can be planted into it.
final class NaiveCurve implements LookupCounter {
    /// What can be wrong with a curve.
    enum Fault {
        NONE,
        DISTANCES_ARE_OFF_BY_ONE,
        FIRST_LEVEL_HITS_ARE_COUNTED,
        PAGE_SIZES_ARE_CONFUSED,
        FIRST_USES_ARE_FORGOTTEN
    }

    private record Page(long number, int size) {}

    private final Fault fault;
    private final List<Page> lookups = new ArrayList<>();

    NaiveCurve(Fault fault) {
        this.fault = fault;
    }

    @Override
    public void lookedUp(long tag, boolean fetch, boolean hit, long translation) {
        int size = fault == Fault.PAGE_SIZES_ARE_CONFUSED ? 0 : Translation.size(translation);
        long address = TranslationTag.address(tag);
        Page page = new Page(TranslationTag.number(address, Translation.shift(size)), size);
        lookups.add(page);
        if (fault == Fault.FIRST_LEVEL_HITS_ARE_COUNTED) {
            // An access that the first level serves.
            lookups.add(lookups.get(Math.max(0, lookups.size() - 20)));
        }
    }

    @Override
    public void beginCounting() {
        throw new UnsupportedOperationException();
    }

    long misses(Geometry geometry) {
        Map<Long, List<Page>> sets = new HashMap<>();
        long hits = 0;
        long first = 0;
        for (Page page : lookups) {
            List<Page> set =
                    sets.computeIfAbsent(page.number() % geometry.sets(), _ -> new ArrayList<>());
            int distance = set.indexOf(page) + 1;
            first += distance == 0 ? 1 : 0;
            int counted = fault == Fault.DISTANCES_ARE_OFF_BY_ONE ? distance - 1 : distance;
            hits += distance > 0 && counted <= geometry.ways() ? 1 : 0;
            set.remove(page);
            set.addFirst(page);
        }
        long misses = lookups.size() - hits;
        return fault == Fault.FIRST_USES_ARE_FORGOTTEN ? misses - first : misses;
    }
}
