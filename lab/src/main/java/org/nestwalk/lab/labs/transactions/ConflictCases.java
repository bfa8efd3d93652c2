package org.nestwalk.lab.labs.transactions;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.simulated.Transactions;
import org.nestwalk.machine.transactions.AbortCause;
import org.nestwalk.machine.transactions.TransactionCounts;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// CPUs that update random lines of a shared part of memory, a few of them in each transaction.
public final class ConflictCases {
    private static final long BASE = 0x40_0000_0000L;
    private static final int UPDATES = 4_000;
    private static final int LENGTH = 8;
    private static final int[] CPUS = {1, 2, 4};
    private static final long[] LINES = {64, 4_096};

    /// Transactions of several CPUs that update lines of one pool.
    ///
    /// @param cpus side by side
    /// @param lines that they share
    /// @param updates of a transaction
    /// @param abortRate by conflicts
    /// @param fallbacks share of transactions that took the lock
    /// @param cyclesPerUpdate of all CPUs together, by the clock
    public record Row(
            int cpus,
            long lines,
            int updates,
            double abortRate,
            double fallbacks,
            double cyclesPerUpdate)
            implements CaseRow {}

    private ConflictCases() {}

    /// The numbers of lines and CPUs, one after the other.
    static List<Function<Meter, List<Row>>> parts(
            ProcessorModel model, TransactionSettings settings) {
        List<Function<Meter, List<Row>>> parts = new ArrayList<>();
        for (long lines : LINES) {
            for (int cpus : CPUS) {
                parts.add(meter -> {
                    Row row = row(model, settings, cpus, lines);
                    meter.add((long) cpus * UPDATES);
                    return List.of(row);
                });
            }
        }
        return parts;
    }

    /// How many accesses that takes.
    static long accesses() {
        return (long) LINES.length * IntStream.of(CPUS).sum() * UPDATES;
    }

    private static Row row(
            ProcessorModel model, TransactionSettings settings, int cpus, long lines) {
        try (PreparedGuest guest =
                new PreparedGuest(
                        model,
                        cpus,
                        BASE,
                        lines << 6,
                        PageSize.SIZE_2M,
                        new Eager(PageSize.SIZE_2M),
                        settings.seed())) {
            Transactions transactions =
                    guest.useTransactions(
                            new TransactionSettings(
                                    LENGTH,
                                    settings.retries(),
                                    0,
                                    settings.suppressed(),
                                    settings.beginCycles(),
                                    settings.commitCycles(),
                                    settings.abortCycles(),
                                    settings.seed()));
            List<long[]> programs = new ArrayList<>();
            for (int cpu = 0; cpu < cpus; cpu++) {
                programs.add(program(SplitMix64.hash(settings.seed(), cpu), lines));
            }
            long cycles = new Interleaving(transactions).run(programs);
            TransactionCounts counts = guest.counts();
            return new Row(
                    cpus,
                    lines,
                    LENGTH,
                    (double) counts.aborts(AbortCause.CONFLICT) / counts.attempts,
                    (double) counts.fallbacks / counts.transactions,
                    (double) cycles / ((long) cpus * UPDATES));
        }
    }

    private static long[] program(long seed, long lines) {
        Xoshiro256 random = new Xoshiro256(seed);
        long[] program = new long[UPDATES];
        for (int i = 0; i < UPDATES; i++) {
            program[i] = Access.pack(Access.MODIFY, BASE + (random.nextBelow(lines) << 6));
        }
        return program;
    }
}
