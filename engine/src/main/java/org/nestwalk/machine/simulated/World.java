package org.nestwalk.machine.simulated;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;

/// Who may touch the machine, and who pays.
///
/// Virtual CPUs run their programs side by side, each holding the shared lock for a slice of
/// accesses: programs read tables, set flags in them, and load and store data. Everything else,
/// that is, exits, exceptions, and work of the hypervisor or a guest's kernel, holds the exclusive
/// lock: it changes tables and may empty another CPU's TLBs, and finds every CPU between two
/// accesses. What it costs is charged to one account, that of the CPU that it serves or a
/// background one.
final class World {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Account idle = new Account();
    private Account charged = idle;
    private @Nullable SimulatedCpu served;

    /// Begins a slice of accesses.
    void beginSlice() {
        lock.readLock().lock();
    }

    /// Ends it.
    void endSlice() {
        lock.readLock().unlock();
    }

    /// Does `work` alone, for `cpu`, or for nobody's CPU and at the cost of `account`.
    void alone(@Nullable SimulatedCpu cpu, Account account, Runnable work) {
        lock.writeLock().lock();
        Account payer = charged;
        SimulatedCpu before = served;
        charged = account;
        served = cpu;
        try {
            work.run();
        } finally {
            charged = payer;
            served = before;
            lock.writeLock().unlock();
        }
    }

    /// Charges whoever is served. Alone.
    void charge(Cost cost, long cycles) {
        charged.spend(cost, cycles);
    }

    /// The CPU that is served, or null. Alone.
    @Nullable SimulatedCpu served() {
        return served;
    }
}
