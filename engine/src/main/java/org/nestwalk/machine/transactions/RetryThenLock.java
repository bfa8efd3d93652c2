package org.nestwalk.machine.transactions;

/// Runs a program as transactions of a fixed number of accesses: an aborted one is tried again, up
/// to a number of times, and then made under a lock. One access at a time, so that several CPUs can
/// be interleaved.
///
/// With abort probability p, and r retries, a share of p^(r+1) of transactions takes the lock.
public final class RetryThenLock {
    private final TransactionalCpu cpu;
    private final ElidedLock lock;
    private final TransactionSettings settings;
    private long[] accesses = {};
    private int first;
    private int next;
    private int end;
    private int to;
    private int aborted;
    private boolean inside;
    private boolean locked;

    /// For programs of `cpu`, whose transactions elide `lock`.
    public RetryThenLock(TransactionalCpu cpu, ElidedLock lock, TransactionSettings settings) {
        this.cpu = cpu;
        this.lock = lock;
        this.settings = settings;
        lock.subscribe(cpu);
    }

    /// Sets what to run: the accesses from index `from` up to, not including, `to`.
    public void start(long[] accesses, int from, int to) {
        this.accesses = accesses;
        this.to = to;
        inside = false;
        locked = false;
        beginNew(from);
    }

    /// The index of the first access that is not made for good.
    public int position() {
        return first;
    }

    /// Goes on by one access at most.
    ///
    /// @return false if all are made
    /// @throws org.nestwalk.machine.GuestFailure if one cannot be made
    /// @throws org.nestwalk.machine.UnhandledExit if an exit is not handled
    public boolean step() {
        if (first == to) {
            return false;
        }
        if (locked) {
            stepLocked();
        } else if (inside) {
            stepInside();
        } else if (lock.holder() == null) {
            enter();
        }
        return first < to;
    }

    /// Whether all accesses are made.
    public boolean isDone() {
        return first == to;
    }

    /// Whether it waits for another CPU to release the lock.
    public boolean isWaiting() {
        return first < to && !locked && !inside && lock.holder() != null;
    }

    private void beginNew(int from) {
        first = from;
        next = from;
        end = Math.min(to, from + settings.length());
        aborted = 0;
    }

    private void enter() {
        next = first;
        if (aborted > settings.retries()) {
            cpu.counts().fallbacks++;
            lock.take(cpu);
            locked = true;
            return;
        }
        cpu.begin();
        inside = true;
    }

    private void stepInside() {
        if (!cpu.isActive() || !cpu.access(accesses[next])) {
            failed();
            return;
        }
        next++;
        if (next == end) {
            if (cpu.end()) {
                inside = false;
                made();
            } else {
                failed();
            }
        }
    }

    private void failed() {
        inside = false;
        cpu.counts().abortedFirst += aborted == 0 ? 1 : 0;
        aborted++;
    }

    private void stepLocked() {
        try {
            cpu.access(accesses[next]);
            next++;
        } catch (RuntimeException failure) {
            leave(next);
            throw failure;
        }
        if (next == end) {
            leave(next);
            made();
        }
    }

    private void leave(int position) {
        first = position;
        locked = false;
        lock.release();
    }

    private void made() {
        cpu.counts().transactions++;
        beginNew(end);
    }
}
