package org.nestwalk.hypervisor.prefetch;

/// How many pages somebody may still have: a bucket that pages are taken out of, and that fills
/// again at a constant rate (a token bucket).
final class PageAllowance {
    private static final long SECOND = 1_000_000_000L;

    private final long most;
    private final long perSecond;
    private long pages;
    private long now;
    private long remainder;

    /// A full one.
    PageAllowance(long most, long perSecond) {
        this.most = most;
        this.perSecond = perSecond;
        this.pages = most;
    }

    /// It is `nanos` nanoseconds since the beginning; earlier times change nothing.
    void tick(long nanos) {
        if (nanos <= now) {
            return;
        }
        long elapsed = nanos - now;
        now = nanos;
        // Whole seconds apart, so that nothing overflows.
        long gained = Math.min(most, elapsed / SECOND * Math.min(perSecond, most));
        long part = Math.multiplyHigh(elapsed % SECOND, perSecond);
        long low = elapsed % SECOND * perSecond;
        if (part != 0 || low < 0) {
            pages = most;
            return;
        }
        remainder += low % SECOND;
        gained += low / SECOND + remainder / SECOND;
        remainder %= SECOND;
        pages = Math.min(most, pages + gained);
    }

    /// Takes one page out; false if none is left.
    boolean take() {
        if (pages == 0) {
            return false;
        }
        pages--;
        return true;
    }

    /// Takes `count` pages out; false, with none taken, if there are not as many.
    boolean take(long count) {
        if (pages < count) {
            return false;
        }
        pages -= count;
        return true;
    }

    /// Puts pages back that were not used.
    void giveBack(long count) {
        pages = Math.min(most, pages + count);
    }
}
