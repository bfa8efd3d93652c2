package org.nestwalk.machine.simulated;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.machine.transactions.ElidedLock;
import org.nestwalk.machine.transactions.RetryThenLock;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.machine.transactions.TransactionalCpu;

/// The transactional memory of a virtual machine's CPUs, which watch each other's lines, and whose
/// programs' transactions elide one lock.
public final class Transactions {
    private final List<TransactionUnit> units = new ArrayList<>();
    private final List<RetryThenLock> runners = new ArrayList<>();

    Transactions(SimulatedHost host, List<SimulatedCpu> cpus, TransactionSettings settings) {
        ElidedLock lock = new ElidedLock();
        for (SimulatedCpu cpu : cpus) {
            TransactionUnit unit = new TransactionUnit(host, cpu, this, settings);
            RetryThenLock runner = new RetryThenLock(unit, lock, settings);
            units.add(unit);
            runners.add(runner);
            cpu.runAs(runner);
        }
    }

    /// What runs the programs of each CPU, by index: to interleave CPUs access by access.
    public List<RetryThenLock> runners() {
        return List.copyOf(runners);
    }

    /// Its CPUs' units, by index.
    public List<TransactionalCpu> cpus() {
        return List.copyOf(units);
    }

    /// `cpu` is about to access a line.
    @SuppressWarnings("ReferenceEquality") // a CPU is itself alone
    void disturb(TransactionUnit cpu, long line, boolean writes) {
        for (TransactionUnit other : units) {
            if (other != cpu) {
                other.disturb(line, writes);
            }
        }
    }

    /// Translations are about to change under all CPUs, or one (`index`; -1 for all).
    void interrupt(int index) {
        for (int i = 0; i < units.size(); i++) {
            if (index == -1 || i == index) {
                units.get(i).interruptByOther();
            }
        }
    }
}
