package org.nestwalk.lab.labs.dirty;

import org.nestwalk.hypervisor.dirty.Splitting;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Case;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Row;
import org.nestwalk.lab.labs.dirty.TrackedGuest.Timed;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.memory.PageSet;
import org.nestwalk.paging.PageModificationLog;

/// One guest, tracked in one way: a pass that nobody tracks, then intervals that each end with a
/// collection, then one that nobody collects, and the same again.
final class TrackingRun {
    private static final int BLOCK = 1 << 12;

    private final Case guest;
    private final long accesses;
    private final int intervals;
    private final long seed;

    TrackingRun(Case guest, long accesses, int intervals, long seed) {
        this.guest = guest;
        this.accesses = accesses;
        this.intervals = intervals;
        this.seed = seed;
    }

    private WritePass pass(int number) {
        return new WritePass(
                TrackedGuest.BASE, guest.workingSet(), guest.writes(), accesses, seed + number);
    }

    /// How many accesses [#untracked] makes.
    long untrackedWork() {
        return (intervals + 1) * accesses;
    }

    /// How many accesses [#tracked] makes.
    long trackedWork() {
        return (intervals + 3) * accesses;
    }

    /// The time that the intervals take untracked.
    long untracked(TrackedGuest tracked, Meter meter) {
        run(tracked, pass(0), meter);
        long before = tracked.running();
        for (int i = 1; i <= intervals; i++) {
            run(tracked, pass(i), meter);
        }
        return tracked.running() - before;
    }

    private static void run(TrackedGuest tracked, WritePass pass, Meter meter) {
        if (!tracked.mapped().run(pass, BLOCK, meter)) {
            throw new EndedEarly();
        }
    }

    /// What tracking by `source` comes to.
    ///
    /// @param untracked time of the same intervals without
    Row tracked(
            TrackedGuest tracked,
            DirtySource source,
            Splitting splitting,
            long untracked,
            Meter meter) {
        run(tracked, pass(0), meter);
        Timed<DirtyPages> begun =
                tracked.timed(() -> splitting.track(tracked.mapped().vm(), source));
        try (DirtyPages pages = begun.result()) {
            boolean logs = source == DirtySource.LOG && isOfSmallPages(splitting);
            return tracked(tracked, pages, untracked, meter)
                    .row(guest, source, splitting, begun.time(), logs);
        }
    }

    private boolean isOfSmallPages(Splitting splitting) {
        return guest.pages().equals("4K") || splitting != Splitting.NONE;
    }

    private Sums tracked(TrackedGuest tracked, DirtyPages pages, long untracked, Meter meter) {
        Sums sums = new Sums();
        long running = tracked.running();
        long exitTime = tracked.exitTime();
        long exits = tracked.trackingExits();
        long full = tracked.logFullExits();
        for (int i = 1; i <= intervals; i++) {
            WritePass pass = pass(i);
            sums.written += pass.written();
            run(tracked, pass, meter);
            Timed<PageSet> found = tracked.timed(() -> collected(pages));
            sums.collectTime += found.time();
            long reported = found.result().size();
            sums.reported += reported;
            sums.predicted += Math.max(0, reported - 1) / PageModificationLog.ENTRIES;
        }
        sums.exitTime = tracked.exitTime() - exitTime;
        sums.extraTime = tracked.running() - running - untracked;
        sums.slowdown = (double) sums.extraTime / untracked;
        sums.exits = tracked.trackingExits() - exits;
        sums.full = tracked.logFullExits() - full;
        WritePass last = pass(intervals + 1);
        run(tracked, last, meter);
        long before = tracked.trackingExits();
        run(tracked, last.again(), meter);
        sums.rewriteExits = tracked.trackingExits() - before;
        return sums;
    }

    private static PageSet collected(DirtyPages pages) {
        PageSet found = new PageSet();
        pages.collect(found);
        return found;
    }

    /// What the intervals add up to.
    private static final class Sums {
        private long written;
        private long reported;
        private long predicted;
        private long exits;
        private long full;
        private long exitTime;
        private long collectTime;
        private long extraTime;
        private double slowdown;
        private long rewriteExits;

        Row row(Case guest, DirtySource source, Splitting splitting, long begin, boolean logs) {
            return new Row(
                    guest,
                    source.label(),
                    source.isOfHost() ? "host's" : splitting.label(),
                    written,
                    reported,
                    exits,
                    full,
                    logs ? (Long) reported : null,
                    logs ? (Long) predicted : null,
                    begin,
                    exitTime,
                    collectTime,
                    extraTime,
                    slowdown,
                    rewriteExits);
        }
    }
}
