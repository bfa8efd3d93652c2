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
/// start. Not thread-safe.
final class OverlapClock {
    private static final int NEAR = 16;

    private final int window;
    private final int accessCycles;
    private final int mask;
    // Of the last accesses, each at its number modulo the length, a power of two.
    private final long[] retired;
    private final long[] completed;
    private final long[] walkers;
    private final long[] misses;
    private int number;
    private int miss;
    private long entered;
    private long now;

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
        this.retired = new long[length];
        this.completed = new long[length];
        this.walkers = new long[walkers];
        this.misses = new long[misses];
    }

    /// When all accesses so far are complete.
    long now() {
        return now;
    }

    /// Lets all later accesses wait for the data access before.
    void branch() {
        entered = Math.max(entered, completed[number - 1 & mask]);
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
        int at = number;
        long begun = Math.max(entered, retired[at - window & mask]) + (issued ? accessCycles : 0);
        entered = begun;
        if (distance != 0) {
            begun = Math.max(begun, completed[at - distance & mask]);
        }
        begun += lookup;
        if (walk != 0) {
            begun = walked(begun, walk);
        }
        long end = misses ? missed(begun, data) : begun + data;
        completed[at & mask] = end;
        now = Math.max(now, end);
        retired[at & mask] = now;
        number = at + 1;
    }

    private long missed(long time, long data) {
        long end = Math.max(time, misses[miss]) + data;
        misses[miss] = end;
        miss = miss + 1 == misses.length ? 0 : miss + 1;
        return end;
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
        entered += (issued ? accessCycles : 0) + lookup;
        if (walk != 0) {
            entered = walked(entered, walk);
        }
        now = Math.max(now, entered);
    }

    /// Lets `cycles` pass after all accesses so far, in which nothing else is done; later accesses
    /// begin after that.
    void serial(long cycles) {
        now += cycles;
        entered = now;
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
