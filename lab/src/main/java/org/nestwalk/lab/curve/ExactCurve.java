package org.nestwalk.lab.curve;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;

/// The misses of all sizes and ways in one pass, exactly: [LruStacks] for each number of sets.
///
/// Look-ups are gathered, and then given to one number of sets after the other, so that what each
/// keeps stays in the host's caches for as long as it is needed.
public final class ExactCurve extends LookupCurve {
    private static final int GATHERED = 4096;

    private final PageIds ids = new PageIds();
    private final int[] pages = new int[GATHERED];
    private final long[] numbers = new long[GATHERED];
    private int gathered;

    private final NavigableMap<Integer, LruStacks> bySets = new TreeMap<>();
    private final LruStacks[] stacks;
    private final ReuseIntervals intervals = new ReuseIntervals();

    /// A curve without look-ups yet.
    ///
    /// @param ways the most ways to be asked about, by numbers of sets
    public ExactCurve(VariedTlb tlb, Map<Integer, Integer> ways) {
        super(tlb);
        ways.forEach((sets, most) -> bySets.put(sets, LruStacks.of(sets, most)));
        this.stacks = bySets.values().toArray(LruStacks[]::new);
    }

    @Override
    void use(long tag, long number) {
        pages[gathered] = ids.of(tag);
        numbers[gathered] = number;
        if (++gathered == GATHERED) {
            useGathered();
        }
    }

    private void useGathered() {
        for (LruStacks one : stacks) {
            one.use(pages, numbers, gathered);
        }
        for (int i = 0; i < gathered; i++) {
            intervals.pass();
            intervals.use(pages[i], 1);
        }
        gathered = 0;
    }

    @Override
    void clearCounts() {
        useGathered();
        for (LruStacks one : stacks) {
            one.clearCounts();
        }
        intervals.clearCounts();
    }

    @Override
    public double rate() {
        return 1;
    }

    @Override
    public long pages() {
        return ids.size();
    }

    @Override
    public boolean knows(Geometry geometry) {
        LruStacks those = bySets.get(geometry.sets());
        return those != null
                && those.ways >= geometry.ways()
                && geometry.replacement() == Replacement.LRU;
    }

    @Override
    public double misses(Geometry geometry) {
        LruStacks those = bySets.get(geometry.sets());
        if (those == null || !knows(geometry)) {
            throw new IllegalArgumentException("no stacks for " + geometry);
        }
        useGathered();
        return those.misses(geometry.ways());
    }

    @Override
    public double firstUses() {
        useGathered();
        return intervals.first();
    }

    @Override
    public double[] workingSets() {
        useGathered();
        return intervals.workingSets(1);
    }
}
