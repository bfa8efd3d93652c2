package org.nestwalk.machine.transactions;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The lock under which accesses are made that do not succeed as a transaction. All transactions
/// have read it, so that taking it aborts them; while it is held none begins. Its own line counts
/// against no capacity (assumption).
public final class ElidedLock {
    private final List<TransactionalCpu> cpus = new ArrayList<>();
    private @Nullable TransactionalCpu holder;

    /// A free lock of no CPU's transactions.
    public ElidedLock() {}

    /// Lets transactions of `cpu` elide it.
    void subscribe(TransactionalCpu cpu) {
        cpus.add(cpu);
    }

    /// Who holds it, or null.
    @Nullable TransactionalCpu holder() {
        return holder;
    }

    /// Takes the free lock.
    @SuppressWarnings("ReferenceEquality") // a CPU is itself alone
    void take(TransactionalCpu cpu) {
        holder = cpu;
        for (TransactionalCpu other : cpus) {
            if (other != cpu) {
                other.loseConflict();
            }
        }
    }

    void release() {
        holder = null;
    }
}
