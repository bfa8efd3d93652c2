package org.nestwalk.lab.labs.largepages;

import org.nestwalk.bits.Access;
import org.nestwalk.guest.AccessSource;

/// Loads one word of every page, in the order of addresses, over and over: no TLB can hold more of
/// it than it has entries, and a TLB that holds all of it misses only at first.
final class PageSweep implements AccessSource {
    private final long base;
    private final long stride;
    private final long pages;
    private final long total;
    private long next;

    /// @param stride bytes from one load to the next
    /// @param pages loads of one pass
    PageSweep(long base, long stride, long pages, int passes) {
        this.base = base;
        this.stride = stride;
        this.pages = pages;
        this.total = passes * pages;
    }

    @Override
    public int next(long[] block) {
        int count = (int) Math.min(block.length, total - next);
        for (int i = 0; i < count; i++) {
            block[i] = Access.pack(Access.LOAD, base + next % pages * stride);
            next++;
        }
        return count;
    }
}
