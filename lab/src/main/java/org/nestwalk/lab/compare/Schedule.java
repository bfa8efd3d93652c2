package org.nestwalk.lab.compare;

import org.nestwalk.bits.Access;

/// Where in the stream of accesses something happens: the end of the warm-up, the end of each
/// interval, the limit.
///
/// Positions count accesses; the second part of a page-crossing access belongs to the first.
final class Schedule {
    private final long warmup;
    private final long interval;
    private final long limit;
    private long done;

    Schedule(long warmup, long interval, long limit) {
        this.warmup = warmup;
        this.interval = interval;
        this.limit = limit;
    }

    /// Accesses passed so far.
    long done() {
        return done;
    }

    boolean isAtLimit() {
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
    int advance(long[] block, int from, int count) {
        long room = nextEvent() - done;
        if (room >= count - from) {
            int parts = 0;
            for (int i = from; i < count; i++) {
                parts += Access.isContinued(block[i]) ? 1 : 0;
            }
            done += count - from - parts;
            return count;
        }
        int i = from;
        long passed = 0;
        while (i < count && (passed < room || Access.isContinued(block[i]))) {
            passed += Access.isContinued(block[i]) ? 0 : 1;
            i++;
        }
        done += passed;
        return i;
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
