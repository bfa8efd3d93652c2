package org.nestwalk.guest.kernel;

import org.nestwalk.InputException;
import org.nestwalk.memory.Longs;

/// The work of paging for a process, or for all of them.
public final class PagingCounts {
    long pageFaults;
    long firstTouches;
    long largeTouches;
    long largeFallbacks;
    long copies;
    long reuses;
    long collapses;
    long splits;
    long flushes;

    PagingCounts() {}

    /// Exceptions taken, whatever came of them.
    public long pageFaults() {
        return pageFaults;
    }

    /// Pages of 4 KiB given at their first touch.
    public long firstTouches() {
        return firstTouches;
    }

    /// Pages of 2 MiB given at their first touch (Linux: `thp_fault_alloc`).
    public long largeTouches() {
        return largeTouches;
    }

    /// First touches that could have had a 2-MiB page but for want of a free block (Linux:
    /// `thp_fault_fallback`).
    public long largeFallbacks() {
        return largeFallbacks;
    }

    /// Pages copied because a write met a shared one.
    public long copies() {
        return copies;
    }

    /// Writes that found a page shared no more, and took it over without a copy.
    public long reuses() {
        return reuses;
    }

    /// 2-MiB pages made of 4-KiB pages (Linux: `thp_collapse_alloc`).
    public long collapses() {
        return collapses;
    }

    /// 2-MiB pages taken apart (Linux: `thp_split_pmd`).
    public long splits() {
        return splits;
    }

    /// Invalidations of a range on whatever CPUs have the process loaded.
    public long flushes() {
        return flushes;
    }

    /// All of them, in the order of their methods.
    Longs save() {
        return Longs.of(
                pageFaults,
                firstTouches,
                largeTouches,
                largeFallbacks,
                copies,
                reuses,
                collapses,
                splits,
                flushes);
    }

    /// Becomes what [#save] gave.
    ///
    /// @throws InputException if that is not what it is
    void restore(Longs saved) {
        int count = save().size();
        if (saved.size() != count) {
            throw new InputException(
                    "a process has %d counts of paging; there have to be %d"
                            .formatted(saved.size(), count));
        }
        pageFaults = saved.get(0);
        firstTouches = saved.get(1);
        largeTouches = saved.get(2);
        largeFallbacks = saved.get(3);
        copies = saved.get(4);
        reuses = saved.get(5);
        collapses = saved.get(6);
        splits = saved.get(7);
        flushes = saved.get(8);
    }

    void add(PagingCounts other) {
        pageFaults += other.pageFaults;
        firstTouches += other.firstTouches;
        largeTouches += other.largeTouches;
        largeFallbacks += other.largeFallbacks;
        copies += other.copies;
        reuses += other.reuses;
        collapses += other.collapses;
        splits += other.splits;
        flushes += other.flushes;
    }
}
