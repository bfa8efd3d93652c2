package org.nestwalk.lab.compare;

import org.nestwalk.bits.Access;

/// Where in the stream of accesses something happens: the end of the warm-up, the end of each
/// interval, the limit.
///
/// Positions count accesses; further parts of a page-crossing access belong to the first.
public final class Schedule {
    private final long warmup;
    private final long interval;
    private final long limit;
    private long done;

    /// Nothing passed yet.
    ///
    /// @param warmup accesses of the warm-up
    /// @param interval accesses of an interval, or 0
    /// @param limit accesses in all
    public Schedule(long warmup, long interval, long limit) {
        this.warmup = warmup;
        this.interval = interval;
        this.limit = limit;
    }

    /// Accesses passed so far.
    public long done() {
        return done;
    }

    /// Whether all have passed.
    public boolean isAtLimit() {
        return done >= limit;
    }

    boolean isAtWarmupEnd() {
        return done == warmup && warmup > 0;
    }

    boolean isAtIntervalEnd() {
        return interval > 0 && done > warmup && (done - warmup) % interval == 0;
    }

    /// Passes accesses of `block` from index `from` as far as the next event or `count`, and
    /// returns the index reached.
    public int advance(long[] block, int from, int count) {
        long room = nextEvent() - done;
        int to = room >= count - from ? count : Access.skip(block, from, count, room);
        done += Access.count(block, from, to);
        return to;
    }

    private long nextEvent() {
        long next = limit;
        if (done < warmup) {
            next = Math.min(next, warmup);
        } else if (interval > 0) {
            next = Math.min(next, warmup + ((done - warmup) / interval + 1) * interval);
        }
        return next;
    }
}
