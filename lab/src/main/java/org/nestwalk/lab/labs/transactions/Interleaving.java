package org.nestwalk.lab.labs.transactions;

import java.util.List;
import org.nestwalk.machine.simulated.Transactions;
import org.nestwalk.machine.transactions.RetryThenLock;

/// Runs CPUs side by side on one thread: the one that is furthest behind makes the next access, so
/// that every run is the same.
final class Interleaving {
    private final List<RetryThenLock> runners;
    private final Transactions transactions;
    private final long[] waited;

    Interleaving(Transactions transactions) {
        this.transactions = transactions;
        this.runners = transactions.runners();
        this.waited = new long[runners.size()];
    }

    /// Runs a program on each CPU, and returns the cycles until all were done.
    long run(List<long[]> programs) {
        for (int cpu = 0; cpu < programs.size(); cpu++) {
            waited[cpu] = -transactions.cpus().get(cpu).cycles();
            runners.get(cpu).start(programs.get(cpu), 0, programs.get(cpu).length);
        }
        long end = 0;
        for (int cpu = next(); cpu >= 0; cpu = next()) {
            runners.get(cpu).step();
            end = Math.max(end, now(cpu));
            releaseWaiters(cpu);
        }
        return end;
    }

    /// The CPU that is furthest behind of those that can go on; -1 if all are done.
    private int next() {
        int next = -1;
        for (int cpu = 0; cpu < runners.size(); cpu++) {
            RetryThenLock runner = runners.get(cpu);
            if (!runner.isDone() && !runner.isWaiting() && (next < 0 || now(cpu) < now(next))) {
                next = cpu;
            }
        }
        return next;
    }

    /// Those that wait for `holder` have done so until now.
    private void releaseWaiters(int holder) {
        for (int cpu = 0; cpu < runners.size(); cpu++) {
            if (runners.get(cpu).isWaiting()) {
                waited[cpu] += Math.max(0, now(holder) - now(cpu));
            }
        }
    }

    private long now(int cpu) {
        return transactions.cpus().get(cpu).cycles() + waited[cpu];
    }
}
