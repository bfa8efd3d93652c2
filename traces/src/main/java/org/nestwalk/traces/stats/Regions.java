package org.nestwalk.traces.stats;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.traces.Mapping;
import org.nestwalk.traces.stats.TraceSummary.Region;

/// Sums touches of pages by region of the address space.
final class Regions {
    private static final int SHIFT = PageSize.SIZE_4K.shift();
    private static final long GAP_PAGES = (64L << 20) >>> SHIFT;

    private final LongCounts code;
    private final LongCounts data;
    private final long[] pages;

    Regions(LongCounts code, LongCounts data) {
        this.code = code;
        this.data = data;
        LongCounts all = new LongCounts();
        for (long page : code.sortedKeys()) {
            all.add(page, 1);
        }
        for (long page : data.sortedKeys()) {
            all.add(page, 1);
        }
        pages = all.sortedKeys();
    }

    /// The mappings, ascending, that are touched at all; then what lies in none of them.
    List<Region> of(List<Mapping> mappings) {
        List<Region> regions = new ArrayList<>();
        boolean[] taken = new boolean[pages.length];
        for (Mapping mapping : mappings) {
            Sum sum = new Sum();
            for (int i = 0; i < pages.length; i++) {
                if (!taken[i] && mapping.contains(pages[i] << SHIFT)) {
                    taken[i] = true;
                    sum.add(pages[i]);
                }
            }
            if (sum.pages > 0) {
                regions.add(sum.region(mapping.label(), mapping.start(), mapping.end()));
            }
        }
        Sum rest = new Sum();
        for (int i = 0; i < pages.length; i++) {
            if (!taken[i]) {
                rest.add(pages[i]);
            }
        }
        if (rest.pages > 0) {
            regions.add(rest.region("in no recorded mapping", 0, 0));
        }
        return regions;
    }

    /// Clusters of pages with gaps between them.
    List<Region> guessed() {
        List<Region> regions = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= pages.length; i++) {
            if (i == pages.length || pages[i] - pages[i - 1] > GAP_PAGES) {
                Sum sum = new Sum();
                for (int p = first; p < i; p++) {
                    sum.add(pages[p]);
                }
                long end = (pages[i - 1] + 1) << SHIFT;
                regions.add(sum.region(sum.guess(), pages[first] << SHIFT, end));
                first = i;
            }
        }
        return regions;
    }

    private final class Sum {
        long fetches;
        long accesses;
        int pages;

        void add(long page) {
            fetches += code.get(page);
            accesses += data.get(page);
            pages++;
        }

        String guess() {
            return fetches == 0 ? "data" : accesses == 0 ? "code" : "code and data";
        }

        Region region(String name, long start, long end) {
            return new Region(name, start, end, fetches, accesses, pages);
        }
    }
}
