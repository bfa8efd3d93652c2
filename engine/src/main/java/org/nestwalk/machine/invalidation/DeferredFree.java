package org.nestwalk.machine.invalidation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// Gives memory back that others may be reading without a lock, when none of them can be any more:
/// after a grace period, as RCU (McKenney and Slingwine, PDCS 1998) and KVM's two-dimensional MMU
/// for pages of its tables. Readers say when they begin and end; what was unlinked in an epoch is
/// given back when all readers have begun later.
public final class DeferredFree {
    private static final long IDLE = Long.MAX_VALUE;

    private final AtomicLong epoch = new AtomicLong();
    private final AtomicLongArray readers;
    private final Deque<Retired> retired = new ArrayDeque<>();

    private record Retired(long epoch, Runnable free) {}

    /// For readers with numbers below `readers`.
    public DeferredFree(int readers) {
        this.readers = new AtomicLongArray(readers);
        for (int i = 0; i < readers; i++) {
            this.readers.set(i, IDLE);
        }
    }

    /// A reader begins. What it finds stays until it [ends][#end].
    public void begin(int reader) {
        // Again if the epoch has changed meanwhile: whoever changed it may not have seen this one.
        long seen;
        do {
            seen = epoch.get();
            readers.set(reader, seen);
        } while (epoch.get() != seen);
    }

    /// A reader ends.
    public void end(int reader) {
        readers.set(reader, IDLE);
    }

    /// What has been unlinked, so that no new reader finds it, is to be given back by `free`.
    public synchronized void retire(Runnable free) {
        retired.add(new Retired(epoch.getAndIncrement(), free));
        collect();
    }

    /// Gives back what nobody can be reading.
    public synchronized void collect() {
        long oldest = IDLE;
        for (int i = 0; i < readers.length(); i++) {
            oldest = Math.min(oldest, readers.get(i));
        }
        while (!retired.isEmpty() && retired.getFirst().epoch < oldest) {
            retired.removeFirst().free.run();
        }
    }

    /// How much waits to be given back.
    public synchronized int waiting() {
        return retired.size();
    }
}
