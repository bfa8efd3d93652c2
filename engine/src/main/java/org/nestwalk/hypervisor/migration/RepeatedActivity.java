package org.nestwalk.hypervisor.migration;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.memory.PageSet;

/// What a guest was seen doing, again and again.
public final class RepeatedActivity implements PageActivity {
    private static final long PAGE = 4096;

    private final long memoryBytes;
    private final PageSet held;
    private final boolean knowsReads;
    private final List<Interval> intervals;
    private final List<PageSet> written = new ArrayList<>();

    /// @param held pages that hold something at first
    /// @param intervals one at least, which are repeated in this order
    public RepeatedActivity(
            long memoryBytes, PageSet held, boolean knowsReads, List<Interval> intervals) {
        if (intervals.isEmpty()) {
            throw new IllegalArgumentException("no interval");
        }
        this.memoryBytes = memoryBytes;
        this.held = held;
        this.knowsReads = knowsReads;
        this.intervals = List.copyOf(intervals);
        for (Interval interval : intervals) {
            PageSet pages = new PageSet();
            for (int i = 0; i < interval.written().count(); i++) {
                pages.add(interval.written().gpa(i), PAGE);
            }
            written.add(pages);
        }
    }

    @Override
    public long memoryBytes() {
        return memoryBytes;
    }

    @Override
    public PageSet held() {
        return held;
    }

    @Override
    public boolean knowsReads() {
        return knowsReads;
    }

    @Override
    public Interval interval(long index) {
        return intervals.get((int) (index % intervals.size()));
    }

    @Override
    public PageSet writtenIn(long index) {
        return written.get((int) (index % written.size()));
    }

    /// Nanoseconds until all begins again.
    public long nanoseconds() {
        return intervals.stream().mapToLong(Interval::nanoseconds).sum();
    }
}
