package org.nestwalk.hypervisor.migration;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
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
    private final Map<Long, Double> underWay = new HashMap<>();
    private final Deque<Long> order = new ArrayDeque<>();
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
    ///
    /// @param before bytes that it took to say which pages are missing
    MigrationGround.Pulled run(long before) {
        bytes = before;
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
        return new MigrationGround.Pulled(
                Math.round(linkFree + link.roundTrip() / 2.0), bytes, faults, Math.round(longest));
    }

    /// Nanoseconds that it has waited for pages.
    double waited() {
        return waited;
    }

    /// Time passes, and the link carries what it can.
    private void reach(double time) {
        while (!missing.isEmpty() && linkFree + sendingTime(nextMissing()) <= time) {
            carry(nextMissing());
        }
        now = time;
    }

    private void touch(long page) {
        while (!order.isEmpty() && arrival(order.getFirst()) <= now) {
            underWay.remove(order.removeFirst());
        }
        if (missing.contains(page)) {
            ask(page);
        }
        Double arrival = underWay.get(page);
        if (arrival != null) {
            faults++;
            longest = Math.max(longest, arrival - now);
            waited += arrival - now;
            now = arrival;
        }
    }

    private double arrival(long page) {
        return Objects.requireNonNull(underWay.get(page));
    }

    /// What the link carries when the request comes goes first, and the page may be in that.
    private void ask(long page) {
        double asked = now + link.roundTrip() / 2.0;
        while (!missing.isEmpty() && linkFree < asked) {
            carry(nextMissing());
        }
        linkFree = Math.max(linkFree, asked);
        if (missing.contains(page)) {
            carry(page);
        }
    }

    private void carry(long page) {
        linkFree += sendingTime(page);
        missing.remove(page, PAGE);
        underWay.put(page, linkFree + link.roundTrip() / 2.0);
        order.addLast(page);
        next = page / PAGE + 1;
        bytes += held.contains(page) ? VirtualGround.PAGE_BYTES : 9;
    }

    private double sendingTime(long page) {
        return held.contains(page) ? pageTime : 9 / link.bandwidth() * 1e9;
    }

    private long nextMissing() {
        long page = missing.first(next * PAGE);
        return page == -1 ? missing.first(0) : page;
    }
}
