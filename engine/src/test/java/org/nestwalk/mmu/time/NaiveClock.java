package org.nestwalk.mmu.time;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The twin of [OverlapClock]: the whole history in lists, and the equations as `designs/032` has
/// them.
final class NaiveClock {
    private final int window;
    private final int walkers;
    private final int misses;
    private final int accessCycles;
    private final List<Long> completed = new ArrayList<>();
    private final List<Long> walkerFree = new ArrayList<>();
    private final List<Long> missesCompleted = new ArrayList<>();
    private long entered;
    private long last;

    NaiveClock(int window, int walkers, int misses, int accessCycles) {
        this.window = window;
        this.walkers = walkers;
        this.misses = misses;
        this.accessCycles = accessCycles;
        walkerFree.addAll(Collections.nCopies(walkers, 0L));
    }

    long now() {
        return Math.max(last, completed.stream().mapToLong(Long::longValue).max().orElse(0));
    }

    void branch() {
        entered = Math.max(entered, completedBack(1));
    }

    void access(int distance, boolean issued, long lookup, long walk, long data, boolean misses) {
        entered = Math.max(entered, retiredBack(window)) + (issued ? accessCycles : 0);
        long begun = distance == 0 ? entered : Math.max(entered, completedBack(distance));
        long translated = walk == 0 ? begun + lookup : walked(begun + lookup, walk);
        if (misses) {
            int back = missesCompleted.size() - this.misses;
            long buffer = back < 0 ? 0 : missesCompleted.get(back);
            completed.add(Math.max(translated, buffer) + data);
            missesCompleted.add(completed.getLast());
        } else {
            completed.add(translated + data);
        }
    }

    void fetch(boolean issued, long lookup, long walk) {
        entered += (issued ? accessCycles : 0) + lookup;
        entered = walk == 0 ? entered : walked(entered, walk);
        last = Math.max(now(), entered);
    }

    void serial(long cycles) {
        last = now() + cycles;
        entered = last;
    }

    private long walked(long time, long walk) {
        Collections.sort(walkerFree);
        long end = Math.max(time, walkerFree.getFirst()) + walk;
        walkerFree.set(0, end);
        return end;
    }

    private long completedBack(int distance) {
        int index = completed.size() - distance;
        return index < 0 ? 0 : completed.get(index);
    }

    /// The latest completion of all data accesses up to the one so far back.
    private long retiredBack(int distance) {
        return completed.stream()
                .limit(Math.max(0, completed.size() - distance + 1))
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    @Override
    public String toString() {
        return walkers + " walkers at " + walkerFree;
    }
}
