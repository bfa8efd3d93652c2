package org.nestwalk.traces.stats;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.traces.AccessCounts;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceReader;

/// Summarises a trace in one pass, in memory proportional to the pages it touches.
public final class TraceStatistics {
    private static final int SHIFT_4K = PageSize.SIZE_4K.shift();
    private static final int OFFSET_4K = (1 << SHIFT_4K) - 1;
    private static final int SHIFT_2M = PageSize.SIZE_2M.shift();
    private static final int CANONICAL_SHIFT = 16;
    private static final long NO_PAGE = -1; // page numbers have at most 52 bits

    private final PageTouches code = new PageTouches(false);
    private final PageTouches data = new PageTouches(true);
    private final long[] byKind = new long[4];
    private final long[] byDistance = new long[Access.FARTHEST + 1];
    private int threads;
    private long dataBytes;
    private long crossing;
    private long nonCanonical;

    private TraceStatistics() {}

    /// Reads `reader` to its end; `progress` hears the number of accesses after each block.
    public static TraceSummary of(TraceReader reader, LongConsumer progress) {
        TraceStatistics statistics = new TraceStatistics();
        TraceBlock block = new TraceBlock();
        long done = 0;
        while (reader.read(block) > 0) {
            statistics.add(block);
            done += block.count;
            progress.accept(done);
        }
        return statistics.summary(reader);
    }

    private void add(TraceBlock block) {
        long[] address = block.address;
        int[] info = block.info;
        for (int i = 0; i < block.count; i++) {
            long first = address[i];
            int kind = AccessInfo.kind(info[i]);
            int size = AccessInfo.size(info[i]);
            byKind[kind]++;
            threads = Math.max(threads, AccessInfo.thread(info[i]) + 1);
            nonCanonical += first << CANONICAL_SHIFT >> CANONICAL_SHIFT == first ? 0 : 1;
            long page = first >>> SHIFT_4K;
            PageTouches touches = kind == Access.FETCH ? code : data;
            touches.touch(page);
            if (kind != Access.FETCH) {
                dataBytes += size;
                byDistance[block.distance[i]]++;
            }
            int further = ((int) first & OFFSET_4K) + Math.max(size, 1) - 1 >>> SHIFT_4K;
            if (further > 0) {
                crossing++;
                for (int part = 1; part <= further; part++) {
                    touches.alsoTouch(first + ((long) part << SHIFT_4K) >>> SHIFT_4K);
                }
            }
        }
    }

    private TraceSummary summary(TraceReader reader) {
        code.finish();
        data.finish();
        AccessCounts counts =
                new AccessCounts(
                        byKind[Access.LOAD],
                        byKind[Access.STORE],
                        byKind[Access.FETCH],
                        byKind[Access.MODIFY],
                        threads);
        Regions regions = new Regions(code.pages(), data.pages());
        boolean recorded = !reader.info().mappings().isEmpty();
        return new TraceSummary(
                counts,
                reader.nonFetched(),
                dataBytes,
                crossing,
                nonCanonical,
                code.footprint(),
                data.footprint(),
                data.reuse(),
                recorded ? regions.of(reader.info().mappings()) : regions.guessed(),
                reader.info().dependence() ? Arrays.stream(byDistance).boxed().toList() : List.of(),
                recorded);
    }

    /// The touches of pages by one sort of access.
    private static final class PageTouches {
        private final LongCounts pages = new LongCounts();
        private final LongCounts crossed = new LongCounts();
        private final ReuseDistances distances = new ReuseDistances();
        private final boolean measuresReuse;
        private long page = NO_PAGE;
        private long run;
        private long same;
        private long total;

        PageTouches(boolean measuresReuse) {
            this.measuresReuse = measuresReuse;
        }

        void touch(long next) {
            if (next == page) {
                run++;
                return;
            }
            finish();
            page = next;
            run = 1;
        }

        /// A further page of an access that crosses: in the footprint, not in the reuse.
        void alsoTouch(long next) {
            crossed.add(next, 1);
        }

        /// Takes in the run of touches of one page.
        void finish() {
            if (run > 0) {
                pages.add(page, run);
                same += run - 1;
                total += run;
                if (measuresReuse) {
                    distances.touch(page);
                    distances.same(run - 1);
                }
            }
            run = 0;
            page = NO_PAGE;
        }

        LongCounts pages() {
            return pages;
        }

        TraceSummary.Footprint footprint() {
            LongCounts all4k = new LongCounts();
            LongCounts all2m = new LongCounts();
            for (LongCounts some : new LongCounts[] {pages, crossed}) {
                for (long p : some.sortedKeys()) {
                    all4k.add(p, 1);
                    all2m.add(p >>> (SHIFT_2M - SHIFT_4K), 1);
                }
            }
            return new TraceSummary.Footprint(all4k.size(), all2m.size());
        }

        TraceSummary.PageReuse reuse() {
            long[] touches = pages.sortedCounts();
            return new TraceSummary.PageReuse(
                    total == 0 ? 0 : (double) same / total,
                    at(touches, 0.5),
                    at(touches, 0.99),
                    at(touches, 1),
                    distances.quantile(0.5),
                    distances.quantile(0.9),
                    distances.quantile(0.99),
                    distances.shareBelow(64),
                    distances.shareBelow(1536));
        }

        private static long at(long[] sorted, double share) {
            int index = (int) Math.ceil(share * sorted.length) - 1;
            return sorted.length == 0 ? 0 : sorted[Math.max(index, 0)];
        }
    }
}
