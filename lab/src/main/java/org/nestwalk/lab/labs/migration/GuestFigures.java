package org.nestwalk.lab.labs.migration;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.hypervisor.migration.PageActivity;
import org.nestwalk.hypervisor.migration.RepeatedActivity;
import org.nestwalk.hypervisor.migration.Touches;
import org.nestwalk.lab.labs.migration.MigrationResult.Dirtied;
import org.nestwalk.lab.labs.migration.MigrationResult.Guest;
import org.nestwalk.memory.PageSet;

/// How fast a guest dirties its memory.
final class GuestFigures {
    private static final int PAGE_SHIFT = 12;
    private static final long FIRST = 1_000_000;
    private static final long TENTH = 100_000_000;
    private static final int POINTS = 14;

    private GuestFigures() {}

    static Guest of(String name, RepeatedActivity activity) {
        List<Dirtied> curve = new ArrayList<>();
        long tenth = -1;
        PageSet written = new PageSet();
        long begun = 0;
        long next = FIRST;
        long index = 0;
        while (curve.size() < POINTS || begun < activity.nanoseconds()) {
            PageActivity.Interval interval = activity.interval(index++);
            Touches writes = interval.written();
            long end = begun + interval.nanoseconds();
            for (int i = 0; i < writes.count(); i++) {
                while (begun + writes.time(i) >= next && curve.size() < POINTS) {
                    curve.add(new Dirtied(next, written.size() << PAGE_SHIFT));
                    next *= 2;
                }
                if (begun <= TENTH && begun + writes.time(i) >= TENTH && tenth < 0) {
                    tenth = written.size();
                }
                written.add(writes.gpa(i), 1L << PAGE_SHIFT);
            }
            while (end >= next && curve.size() < POINTS) {
                curve.add(new Dirtied(next, written.size() << PAGE_SHIFT));
                next *= 2;
            }
            if (end >= TENTH && tenth < 0) {
                tenth = written.size();
            }
            begun = end;
        }
        return new Guest(
                name,
                activity.nanoseconds(),
                activity.held().size() << PAGE_SHIFT,
                written.size() << PAGE_SHIFT,
                (tenth << PAGE_SHIFT) * 1e9 / TENTH,
                activity.knowsReads(),
                curve);
    }
}
