package org.nestwalk.hypervisor.migration;

import java.util.concurrent.atomic.LongAdder;
import org.nestwalk.memory.PageSet;

/// A guest whose activity is known and a link, both in virtual time: every run gives the same.
///
/// A page takes 4,096 bytes and a header of 8 on the link, one that holds zeroes a header and a
/// byte, as in QEMU's stream (`migration/ram.c`). Sending takes none of the guest's time; each page
/// that it first writes to in a round takes it an exit.
public final class VirtualGround implements MigrationGround {
    private static final long PAGE = 4096;

    /// Bytes of a page on the link.
    static final long PAGE_BYTES = PAGE + 8;

    private static final long ZERO_BYTES = 9;

    private final PageActivity activity;
    private final MigrationLink link;
    private final PageSet held = new PageSet();
    private final PageSet written = new PageSet();
    private Slowing slowing = Slowing.NONE;
    private boolean stopped;
    private long index;
    private long offset;
    private double now;
    private double lost;
    private double owed;
    private long bitmap;
    private double longestWait;

    /// A guest that begins its activity when the migration begins.
    public VirtualGround(PageActivity activity, MigrationLink link) {
        this.activity = activity;
        this.link = link;
        held.addAll(activity.held());
    }

    @Override
    public long now() {
        return Math.round(now);
    }

    @Override
    public long memoryBytes() {
        return activity.memoryBytes();
    }

    @Override
    public PageSet begin() {
        PageSet all = new PageSet();
        all.add(0, activity.memoryBytes());
        return all;
    }

    @Override
    public long bytesOf(PageSet pages) {
        LongAdder bytes = new LongAdder();
        pages.forEachRange((gpa, length) -> bytes.add(bytesOf(gpa, length)));
        return bytes.sum();
    }

    private long bytesOf(long gpa, long length) {
        long full = held.count(gpa, length);
        return full * PAGE_BYTES + (length / PAGE - full) * ZERO_BYTES;
    }

    @Override
    public long send(PageSet left, long until, long nanoseconds) {
        long most = Math.max(PAGE_BYTES, (long) (link.bandwidth() * nanoseconds / 1e9));
        long wanted = Math.min(most, bytesOf(left) - until);
        long bytes = 0;
        for (long page = left.first(0); page != -1 && bytes < wanted; page = left.first(page)) {
            // Runs of pages while they fit, and page by page at the end.
            long fitting = Math.max(1, (wanted - bytes) / PAGE_BYTES);
            long run = PAGE;
            while (run < fitting * PAGE && left.contains(page + run)) {
                run += PAGE;
            }
            bytes += bytesOf(page, run);
            left.remove(page, run);
        }
        pass(bytes / link.bandwidth() * 1e9);
        return bytes;
    }

    /// Time passes, in which the guest runs if it is not stopped.
    private void pass(double nanoseconds) {
        if (!stopped) {
            execute(nanoseconds);
        }
        now += nanoseconds;
    }

    private void execute(double nanoseconds) {
        // What it has begun to wait for goes on first.
        double paid = Math.min(owed, nanoseconds);
        owed -= paid;
        lost += paid;
        double room = nanoseconds - paid;
        while (room > 0) {
            PageActivity.Interval interval = activity.interval(index);
            room -= offset == 0 ? whole(interval, room) : part(interval, room);
        }
        if (room < 0) {
            owed = -room;
            lost -= owed;
        }
    }

    /// Runs an interval from its beginning, as a whole if there is time. Returns the time it took.
    private double whole(PageActivity.Interval interval, double room) {
        PageSet pages = activity.writtenIn(index);
        if (cost(interval.nanoseconds(), pages.size()) > room) {
            PageSet fresh = new PageSet();
            fresh.addAll(pages);
            written.forEachRange(fresh::remove);
            if (cost(interval.nanoseconds(), fresh.size()) > room) {
                return part(interval, room);
            }
        }
        long before = written.size();
        written.addAll(pages);
        held.addAll(pages);
        index++;
        return spend(interval.nanoseconds(), written.size() - before);
    }

    /// Runs an interval from where it is, first write by first write, until it ends or time is up.
    /// Returns the time it took, which may be a little more than there is.
    private double part(PageActivity.Interval interval, double room) {
        double spent = 0;
        Touches writes = interval.written();
        for (int i = 0; i < writes.count() && spent < room; i++) {
            if (writes.time(i) < offset) {
                continue;
            }
            double reach = spend(writes.time(i) - offset, 0, room - spent);
            spent += reach;
            if (spent >= room) {
                return spent;
            }
            offset = writes.time(i);
            long page = writes.gpa(i);
            if (!written.contains(page)) {
                written.add(page, PAGE);
                held.add(page, PAGE);
                spent += spend(0, 1);
            }
            offset = writes.time(i) + 1L;
        }
        if (spent >= room) {
            return spent;
        }
        spent += spend(interval.nanoseconds() - offset, 0, room - spent);
        if (offset >= interval.nanoseconds()) {
            offset = 0;
            index++;
        }
        return spent;
    }

    /// So much of the guest's own time passes, or as much as there is room for; the offset follows.
    private double spend(long own, long fresh, double room) {
        double whole = cost(own, fresh);
        if (whole <= room) {
            offset += own;
            return spend(own, fresh);
        }
        long done = (long) Math.floor(room * (1 - slowing.withheld()));
        offset += done;
        lost += room - done;
        return room;
    }

    private double spend(long own, long fresh) {
        double cost = cost(own, fresh);
        lost += cost - own;
        if (fresh > 0) {
            longestWait = Math.max(longestWait, cost(0, 1));
        }
        return cost;
    }

    /// How long a piece of the guest's own time takes.
    ///
    /// @param fresh pages written in it for the first time in a round
    private double cost(long own, long fresh) {
        double time = own / (1 - slowing.withheld()) + (double) fresh * link.trap();
        return Double.isInfinite(slowing.pagesPerSecond())
                ? time
                : Math.max(time, fresh / slowing.pagesPerSecond() * 1e9);
    }

    @Override
    public long collect(PageSet into) {
        long count = written.size();
        into.addAll(written);
        written.clear();
        return count;
    }

    @Override
    public double bandwidth() {
        return link.bandwidth();
    }

    @Override
    public void slow(Slowing slowing) {
        this.slowing = slowing;
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public long handOver(PageSet missing) {
        // A bit for each page says which are missing, if any is.
        bitmap = missing.isEmpty() ? 0 : (activity.memoryBytes() / PAGE + 7) / 8;
        double took = link.fixed() + link.roundTrip() + (double) bitmap / link.bandwidth() * 1e9;
        pass(took);
        return Math.round(took);
    }

    @Override
    public Pulled pull(PageSet missing) {
        PullingGuest guest = new PullingGuest(activity, link, held, missing, index, offset);
        Pulled pulled = guest.run(bitmap);
        now += pulled.nanoseconds();
        lost += guest.waited();
        return pulled;
    }

    @Override
    public long longestWait() {
        return Math.round(longestWait);
    }

    @Override
    public long lost() {
        return Math.round(lost);
    }
}
