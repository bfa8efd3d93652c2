package org.nestwalk.hypervisor.migration;

import org.nestwalk.memory.PageSet;

/// A guest that runs before its memory is there: a page that it touches and that is missing is
/// asked for, and comes after the page that the link carries just then; in between the link carries
/// what is missing, from the page after the last one asked for on, as QEMU does
/// (`migration/ram.c`).
final class PullingGuest {
    private static final long PAGE = 4096;

    private final PageActivity activity;
    private final MigrationLink link;
    private final PageSet held;
    private final PageSet missing;
    private final double pageTime;
    private long index;
    private long offset;
    private double now;
    private double linkFree;
    private double waited;
    private long next;
    private long bytes;
    private long faults;
    private double longest;

    /// @param held pages that hold something
    /// @param missing pages that are not there; empty in the end
    /// @param index of the interval in which it is
    /// @param offset nanoseconds in that
    PullingGuest(
            PageActivity activity,
            MigrationLink link,
            PageSet held,
            PageSet missing,
            long index,
            long offset) {
        this.activity = activity;
        this.link = link;
        this.held = held;
        this.missing = missing;
        this.index = index;
        this.offset = offset;
        this.pageTime = VirtualGround.PAGE_BYTES / link.bandwidth() * 1e9;
    }

    /// Runs until nothing is missing.
    MigrationGround.Pulled run() {
        while (!missing.isEmpty()) {
            PageActivity.Interval interval = activity.interval(index);
            double begun = now - offset;
            double paused = waited;
            Touches touched = interval.touched();
            for (int i = 0; i < touched.count() && !missing.isEmpty(); i++) {
                if (touched.time(i) >= offset) {
                    reach(begun + (waited - paused) + touched.time(i));
                    touch(touched.gpa(i));
                }
            }
            reach(begun + (waited - paused) + interval.nanoseconds());
            index++;
            offset = 0;
        }
        return new MigrationGround.Pulled(Math.round(linkFree), bytes, faults, Math.round(longest));
    }

    /// Nanoseconds that it has waited for pages.
    double waited() {
        return waited;
    }

    /// Time passes, and the link carries what it can.
    private void reach(double time) {
        while (!missing.isEmpty() && linkFree + sendingTime(nextMissing()) <= time) {
            long page = nextMissing();
            linkFree += carry(page);
        }
        now = time;
    }

    private void touch(long page) {
        if (!missing.contains(page)) {
            return;
        }
        faults++;
        // What the link carries just then comes first.
        double asked = now + link.roundTrip() / 2.0;
        while (!missing.isEmpty() && linkFree < asked) {
            long other = nextMissing();
            linkFree += carry(other);
        }
        double arrived = Math.max(asked, linkFree) + link.roundTrip() / 2.0;
        if (missing.contains(page)) {
            double took = carry(page);
            linkFree = Math.max(asked, linkFree) + took;
            arrived += took;
            next = page / PAGE + 1;
        }
        longest = Math.max(longest, arrived - now);
        waited += arrived - now;
        now = arrived;
    }

    private double carry(long page) {
        missing.remove(page, PAGE);
        next = page / PAGE + 1;
        bytes += held.contains(page) ? VirtualGround.PAGE_BYTES : 9;
        return sendingTime(page);
    }

    private double sendingTime(long page) {
        return held.contains(page) ? pageTime : 9 / link.bandwidth() * 1e9;
    }

    private long nextMissing() {
        long page = missing.first(next * PAGE);
        return page == -1 ? missing.first(0) : page;
    }
}
