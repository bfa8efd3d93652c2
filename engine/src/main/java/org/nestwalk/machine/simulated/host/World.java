package org.nestwalk.machine.simulated.host;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.VirtualCpu;

/// The lock that says who may touch the machine.
///
/// Virtual CPUs run their programs side by side, each holding the shared lock for a slice of
/// accesses: programs read tables, set flags in them, and load and store data. Everything else,
/// that is, exits, exceptions, and work of the hypervisor or a guest's kernel, holds the exclusive
/// lock: it changes tables and may empty another CPU's TLBs, and finds every CPU between two
/// accesses. What it costs goes into the [Ledger].
public final class World {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Ledger ledger;

    /// A machine that nobody touches; who pays is written into `ledger`.
    public World(Ledger ledger) {
        this.ledger = ledger;
    }

    /// Begins a slice of accesses.
    public void beginSlice() {
        lock.readLock().lock();
    }

    /// Ends a slice of accesses.
    public void endSlice() {
        lock.readLock().unlock();
    }

    /// Does `work` alone, for `cpu`, or for nobody's CPU and at the cost of `account`.
    public void alone(@Nullable VirtualCpu cpu, Account account, Runnable work) {
        lock.writeLock().lock();
        try {
            ledger.serve(cpu, account, work);
        } finally {
            lock.writeLock().unlock();
        }
    }
}
