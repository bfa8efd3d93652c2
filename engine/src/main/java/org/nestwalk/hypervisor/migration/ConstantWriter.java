package org.nestwalk.hypervisor.migration;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.memory.PageSet;

/// A guest that writes at a constant rate to one page after the other of its working set, round and
/// round: the one whose migration has a closed form ([ClosedForm]).
public final class ConstantWriter {
    private static final int PAGE_SHIFT = 12;
    private static final int MOST = 1 << 14;

    private ConstantWriter() {}

    /// Its activity. All of its memory holds something.
    ///
    /// @param pagesPerSecond above 0
    /// @param workingSet bytes, a multiple of 4 KiB, at most `memoryBytes`
    public static PageActivity of(long memoryBytes, long workingSet, double pagesPerSecond) {
        PageSet held = new PageSet();
        held.add(0, memoryBytes);
        int pages = Math.toIntExact(workingSet >> PAGE_SHIFT);
        double spacing = 1e9 / pagesPerSecond;
        List<PageActivity.Interval> intervals = new ArrayList<>();
        long most = Math.clamp((long) (1e9 / spacing), 1, MOST);
        for (int first = 0; first < pages; first += (int) most) {
            int count = (int) Math.min(most, pages - first);
            int[] numbers = new int[count];
            int[] times = new int[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = first + i;
                times[i] = (int) (i * spacing);
            }
            long nanoseconds =
                    Math.max(
                            1, Math.round((first + count) * spacing) - Math.round(first * spacing));
            Touches writes = new Touches(numbers, times);
            intervals.add(new PageActivity.Interval(nanoseconds, writes, writes));
        }
        return new RepeatedActivity(memoryBytes, held, false, intervals);
    }
}
