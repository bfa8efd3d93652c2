package org.nestwalk.lab.curve;

import java.util.Arrays;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.random.SplitMix64;

/// The misses of fully associative TLBs of all sizes, estimated by those of some pages, in memory
/// that need not grow with the number of pages: SHARDS (Waldspurger, Park, Garthwaite and Ahmad,
/// "Efficient MRC construction with SHARDS", FAST 2015).
///
/// A page is followed if a hash of it is below a threshold, the rate of all hashes. All its
/// look-ups are seen then or none, so that between two of them as many pages are followed as there
/// are others, times the rate. With a limit of pages the threshold falls as pages come; those that
/// are not below it any more are forgotten. What is counted at a rate stands for the inverse of the
/// rate of look-ups. (The paper scales down older counts whenever the rate falls, and all up at the
/// end, which is the same.)
///
/// In a set of a few ways a sample of pages says nothing, so there are no other geometries.
public final class SampledCurve extends LookupCurve {
    private static final int HASH_BITS = 32;
    private static final double HASHES = 1L << HASH_BITS;

    private final PageIds ids = new PageIds();
    private final DeepStacks stack = new DeepStacks(1, MOST_ENTRIES);
    private final ReuseIntervals intervals = new ReuseIntervals();
    private final long seed;
    private final boolean adjusted;
    private final int mostPages;
    private long threshold;

    // Followed pages by hash, the greatest first: the hash, and below it the page's number. Only
    // kept if their number is limited.
    private long[] heap = new long[16];
    private int heaped;

    // Look-ups by distance; those beyond all at 0.
    private final double[] uses = new double[MOST_ENTRIES + 1];
    private double total;

    private SampledCurve(VariedTlb tlb, double rate, int mostPages, boolean adjusted, long seed) {
        super(tlb);
        this.threshold = Math.max(1, Math.round(rate * HASHES));
        this.mostPages = mostPages;
        this.adjusted = adjusted;
        this.seed = seed;
    }

    /// A curve by a fixed part of pages.
    ///
    /// @param rate above 0, up to 1
    /// @param adjusted whether look-ups that the sample has too few or too many of, against the
    ///   number of them all, are taken for hits at the least distance (SHARDS-adj of the paper);
    ///   otherwise they are taken for such as the sample has
    public static SampledCurve ofRate(VariedTlb tlb, double rate, boolean adjusted, long seed) {
        return new SampledCurve(tlb, rate, Integer.MAX_VALUE, adjusted, seed);
    }

    /// A curve by a fixed number of pages, of all if there are not more.
    ///
    /// @param mostPages at least 1
    /// @param adjusted as of [#ofRate]
    public static SampledCurve ofPages(VariedTlb tlb, int mostPages, boolean adjusted, long seed) {
        return new SampledCurve(tlb, 1, mostPages, adjusted, seed);
    }

    @Override
    void use(long tag, long number) {
        intervals.pass();
        // By number alone, so that setups with the same pages follow the same of them.
        long hash = SplitMix64.hash(seed, number) >>> HASH_BITS;
        if (hash >= threshold) {
            return;
        }
        int before = ids.size();
        int page = ids.of(tag);
        double weight = HASHES / threshold;
        int distance = stack.use(page, 0);
        // The page itself is one; the others stand for more than they are.
        double among = distance == 0 ? 0 : 1 + (distance - 1) * weight;
        uses[among < MOST_ENTRIES + 0.5 ? (int) Math.round(among) : 0] += weight;
        total += weight;
        intervals.use(page, weight);
        if (ids.size() > before && mostPages < Integer.MAX_VALUE) {
            push(hash << HASH_BITS | page);
            if (ids.size() > mostPages) {
                lowerThreshold();
            }
        }
    }

    private void lowerThreshold() {
        threshold = heap[0] >>> HASH_BITS;
        while (heaped > 0 && heap[0] >>> HASH_BITS >= threshold) {
            int page = (int) pop();
            stack.remove(page);
            intervals.remove(page);
            ids.remove(page);
        }
        threshold = Math.max(1, threshold);
    }

    private void push(long entry) {
        if (heaped == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heaped);
        }
        int at = heaped++;
        while (at > 0 && Long.compareUnsigned(heap[(at - 1) / 2], entry) < 0) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = entry;
    }

    private long pop() {
        long top = heap[0];
        long last = heap[--heaped];
        int at = 0;
        for (int child = 1; child < heaped; child = 2 * at + 1) {
            if (child + 1 < heaped && Long.compareUnsigned(heap[child + 1], heap[child]) > 0) {
                child++;
            }
            if (Long.compareUnsigned(heap[child], last) <= 0) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
        return top;
    }

    @Override
    void clearCounts() {
        Arrays.fill(uses, 0);
        total = 0;
        intervals.clearCounts();
    }

    @Override
    public double rate() {
        return threshold / HASHES;
    }

    @Override
    public long pages() {
        return ids.size();
    }

    @Override
    public boolean knows(Geometry geometry) {
        return geometry.sets() == 1 && geometry.ways() <= MOST_ENTRIES;
    }

    @Override
    public double misses(Geometry geometry) {
        if (!knows(geometry)) {
            throw new IllegalArgumentException("a sample says nothing of " + geometry);
        }
        double misses = uses[0];
        for (int distance = geometry.ways() + 1; distance <= MOST_ENTRIES; distance++) {
            misses += uses[distance];
        }
        return estimate(misses);
    }

    @Override
    public double firstUses() {
        return estimate(intervals.first());
    }

    /// What so many look-ups of the sample say of all.
    private double estimate(double weighed) {
        double scale = adjusted || total == 0 ? 1 : lookups() / total;
        return Math.min(weighed * scale, (double) lookups());
    }

    @Override
    public double[] workingSets() {
        return intervals.workingSets(HASHES / threshold);
    }
}
