package org.nestwalk.mmu.time;

/// When data accesses begin and are complete on a processor that has several under way at once: one
/// equation for each bound, in the order of the program, without events (`designs/032`).
///
/// For access `i`, of which `retired(i)` is the latest completion of all up to it:
///
/// ```text
/// entered(i)   = max(entered(i-1), retired(i-window)) + accessCycles
/// begun(i)     = max(entered(i), completed(i-distance), if it depends on one)
/// translated(i)= begun(i) + lookup, and if it walks:
///                max(that, earliest end of the last walk of any walker) + walk
/// completed(i) = translated(i) + data, or, if the first-level cache does not serve it:
///                max(translated(i), completion of the miss before the last `misses`) + data
/// ```
///
/// An access behind a branch that cannot be predicted enters when the one before is complete, and
/// so do all after it. Walks and misses take walkers and buffers in the order of the program. With
/// a window of one access this is the blocking machine: then all cycles add up. All are from the
/// start.
///
/// The same is found, of the same accesses, for a processor with perfect TLBs, on which look-ups
/// and walks take no time: both in one, because an access finds its places once. Not thread-safe.
final class OverlapClock {
    private static final int NEAR = 16;

    // Where a place has what.
    private static final int PLACE_SHIFT = 2;
    private static final int RETIRED = 0;
    private static final int COMPLETED = 1;
    private static final int PERFECT_RETIRED = 2;
    private static final int PERFECT_COMPLETED = 3;

    private final int window;
    private final int accessCycles;
    private final int mask;
    // Of the last accesses, each at its number modulo the places, a power of two.
    private final long[] places;
    private final long[] walkers;
    private final long[] misses;
    private final long[] perfectMisses;
    private int number;
    private int miss;
    private long entered;
    private long now;
    private long perfectEntered;
    private long perfectNow;

    /// A clock at zero.
    ///
    /// @param window data accesses that may be under way, at least 1
    /// @param walkers page walkers, at least 1
    /// @param misses that may be outstanding, at least 1
    /// @param accessCycles between the beginnings of two accesses, at least
    OverlapClock(int window, int walkers, int misses, int accessCycles) {
        int length = Math.max(NEAR, Integer.highestOneBit(window - 1) << 1);
        this.window = window;
        this.accessCycles = accessCycles;
        this.mask = length - 1;
        this.places = new long[length << PLACE_SHIFT];
        this.walkers = new long[walkers];
        this.misses = new long[misses];
        this.perfectMisses = new long[misses];
    }

    /// When all accesses so far are complete.
    long now() {
        return now;
    }

    /// The same with perfect TLBs.
    long nowWithPerfectTlbs() {
        return perfectNow;
    }

    private int place(int number) {
        return (number & mask) << PLACE_SHIFT;
    }

    /// Lets all later accesses wait for the data access before.
    void branch() {
        int before = place(number - 1);
        entered = Math.max(entered, places[before + COMPLETED]);
        perfectEntered = Math.max(perfectEntered, places[before + PERFECT_COMPLETED]);
    }

    /// A data access.
    ///
    /// @param distance back to the one that it depends on, or 0
    /// @param issued whether it takes `accessCycles`: not a further part of another
    /// @param lookup cycles of a second-level TLB hit
    /// @param walk cycles of its page walks
    /// @param data cycles of its data
    /// @param misses whether another cache than the first-level one serves it, or memory
    void access(int distance, boolean issued, long lookup, long walk, long data, boolean misses) {
        long[] places = this.places;
        int at = number;
        number = at + 1;
        int oldest = place(at - window);
        int cycles = issued ? accessCycles : 0;
        long begun = Math.max(entered, places[oldest + RETIRED]) + cycles;
        long perfect = Math.max(perfectEntered, places[oldest + PERFECT_RETIRED]) + cycles;
        entered = begun;
        perfectEntered = perfect;
        if (distance != 0) {
            int source = place(at - distance);
            begun = Math.max(begun, places[source + COMPLETED]);
            perfect = Math.max(perfect, places[source + PERFECT_COMPLETED]);
        }
        begun += lookup;
        if (walk != 0) {
            begun = walked(begun, walk);
        }
        if (misses) {
            begun = Math.max(begun, this.misses[miss]);
            perfect = Math.max(perfect, perfectMisses[miss]);
        }
        long end = begun + data;
        long perfectEnd = perfect + data;
        if (misses) {
            missed(end, perfectEnd);
        }
        long latest = Math.max(now, end);
        long perfectLatest = Math.max(perfectNow, perfectEnd);
        now = latest;
        perfectNow = perfectLatest;
        int place = place(at);
        places[place + RETIRED] = latest;
        places[place + COMPLETED] = end;
        places[place + PERFECT_RETIRED] = perfectLatest;
        places[place + PERFECT_COMPLETED] = perfectEnd;
    }

    /// The oldest miss has made room for one that is complete at these times.
    private void missed(long end, long perfectEnd) {
        misses[miss] = end;
        perfectMisses[miss] = perfectEnd;
        miss = miss + 1 == misses.length ? 0 : miss + 1;
    }

    /// So many data accesses that depend on none, with TLBs and the first-level cache hit, or no
    /// time charged for data.
    void hits(int count) {
        // After so many equal ones more change nothing, unless they take time.
        int most = accessCycles == 0 ? Math.min(count, window + NEAR) : count;
        for (int i = 0; i < most; i++) {
            access(0, true, 0, 0, 0, false);
        }
    }

    /// An instruction fetch, on which all later accesses wait; it takes no part of the window.
    ///
    /// @param issued as for data
    void fetch(boolean issued, long lookup, long walk) {
        int cycles = issued ? accessCycles : 0;
        entered += cycles + lookup;
        perfectEntered += cycles;
        if (walk != 0) {
            entered = walked(entered, walk);
        }
        now = Math.max(now, entered);
        perfectNow = Math.max(perfectNow, perfectEntered);
    }

    /// Lets `cycles` of translation pass after all accesses so far, in which nothing else is done;
    /// later accesses begin after that.
    void serial(long cycles) {
        now += cycles;
        entered = now;
        perfectEntered = perfectNow;
    }

    /// When a walk is done that may begin at `time`.
    private long walked(long time, long walk) {
        int first = 0;
        for (int i = 1; i < walkers.length; i++) {
            if (walkers[i] < walkers[first]) {
                first = i;
            }
        }
        long end = Math.max(time, walkers[first]) + walk;
        walkers[first] = end;
        return end;
    }
}
