package org.nestwalk.kvm.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.nestwalk.machine.GuestFailure;

/// Who may touch a virtual machine. Processors are in the guest side by side, each holding the
/// shared lock; handlers of exits and exceptions, and other work on the machine, hold the exclusive
/// one. Whoever wants that kicks all processors out of the guest first, so that nobody waits for a
/// program to exit by itself.
///
/// [#alone] is the only way in: it refuses a virtual machine that was closed, and does afterwards
/// what has to be done before the guest is entered again.
final class Exclusion {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final AtomicInteger wanting = new AtomicInteger();
    private final List<Runnable> kicks = new ArrayList<>();
    private final Runnable afterwards;
    private final Supplier<GuestFailure> closedFailure;
    private int depth;
    private volatile boolean closed;

    /// Of a virtual machine.
    ///
    /// @param afterwards is run, alone, after the work of [#alone]
    /// @param closedFailure thrown once it is closed
    Exclusion(Runnable afterwards, Supplier<GuestFailure> closedFailure) {
        this.afterwards = afterwards;
        this.closedFailure = closedFailure;
    }

    /// `kick` makes one processor leave the guest. Called before any is in it.
    void add(Runnable kick) {
        kicks.add(kick);
    }

    /// Waits until the guest may be entered.
    void enterGuest() {
        lock.readLock().lock();
    }

    /// Whether someone waits for the guest to be left: asked after [#enterGuest] and after earlier
    /// kicks have been forgotten, so that none is lost.
    boolean isWanted() {
        return wanting.get() > 0;
    }

    /// The guest was left.
    void leaveGuest() {
        lock.readLock().unlock();
    }

    /// Runs `work` while no processor is in the guest, and afterwards what has to be done before
    /// one is again.
    ///
    /// @throws GuestFailure if the virtual machine was closed
    void alone(Runnable work) {
        boolean _ =
                alone(() -> {
                    work.run();
                    return true;
                });
    }

    /// As [#alone(Runnable)].
    ///
    /// @return what `work` returns
    <T> T alone(Supplier<T> work) {
        return locked(() -> {
            if (closed) {
                throw closedFailure.get();
            }
            depth++;
            try {
                return work.get();
            } finally {
                depth--;
                if (depth == 0 && !closed) {
                    afterwards.run();
                }
            }
        });
    }

    /// Runs `reading` while nobody is [#alone], and processors may be in the guest.
    ///
    /// @throws GuestFailure if the virtual machine was closed
    void beside(Runnable reading) {
        if (isAlone()) {
            reading.run();
            return;
        }
        lock.readLock().lock();
        try {
            if (closed) {
                throw closedFailure.get();
            }
            reading.run();
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Runs `work`, which closes the virtual machine, while no processor is in the guest; not if it
    /// was closed before.
    void close(Runnable work) {
        boolean _ =
                locked(() -> {
                    boolean first = !closed;
                    closed = true;
                    if (first) {
                        work.run();
                    }
                    return first;
                });
    }

    /// Whether the virtual machine was closed.
    boolean isClosed() {
        return closed;
    }

    private <T> T locked(Supplier<T> work) {
        if (lock.isWriteLockedByCurrentThread()) {
            return work.get();
        }
        wanting.incrementAndGet();
        try {
            if (!lock.writeLock().tryLock()) {
                kicks.forEach(Runnable::run);
                lock.writeLock().lock();
            }
        } finally {
            wanting.decrementAndGet();
        }
        try {
            return work.get();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Whether the calling thread is within [#alone].
    boolean isAlone() {
        return lock.isWriteLockedByCurrentThread();
    }
}
