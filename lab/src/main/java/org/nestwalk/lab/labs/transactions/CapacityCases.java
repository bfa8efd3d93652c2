package org.nestwalk.lab.labs.transactions;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.transactions.AbortCause;
import org.nestwalk.machine.transactions.TransactionCounts;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;

/// Transactions that write more and more lines of one set of the first-level cache.
public final class CapacityCases {
    private static final long BASE = 0x40_0000_0000L;
    private static final int ATTEMPTS = 100;
    private static final int BEYOND = 4;

    /// Transactions that write `writes` lines of one set.
    ///
    /// @param writes lines of one set
    /// @param ways that it has
    /// @param abortRate by capacity
    public record Row(int writes, int ways, double abortRate) implements CaseRow {}

    private CapacityCases() {}

    /// The numbers of lines, one after the other.
    static List<Function<Meter, List<Row>>> parts(
            ProcessorModel model, TransactionSettings settings) {
        Geometry cache = model.memory().caches().getFirst().geometry();
        List<Function<Meter, List<Row>>> parts = new ArrayList<>();
        for (int i = 1; i <= cache.ways() + BEYOND; i++) {
            int writes = i;
            parts.add(meter -> {
                double rate = rate(model, settings, cache, writes);
                meter.add((long) writes * ATTEMPTS);
                return List.of(new Row(writes, cache.ways(), rate));
            });
        }
        return parts;
    }

    /// How many accesses that takes.
    static long accesses(ProcessorModel model) {
        long most = (long) model.memory().caches().getFirst().geometry().ways() + BEYOND;
        return most * (most + 1) / 2 * ATTEMPTS;
    }

    private static double rate(
            ProcessorModel model, TransactionSettings settings, Geometry cache, int writes) {
        long stride = (long) cache.sets() << 6;
        TransactionSettings own = TransactionSettings.of(writes, 0).with(settings.suppressed());
        try (PreparedGuest guest =
                new PreparedGuest(
                        model,
                        1,
                        BASE,
                        stride * (cache.ways() + BEYOND),
                        PageSize.SIZE_2M,
                        new Eager(PageSize.SIZE_2M),
                        settings.seed())) {
            guest.useTransactions(own);
            long[] block = new long[writes];
            for (int i = 0; i < writes; i++) {
                block[i] = Access.pack(Access.STORE, BASE + i * stride);
            }
            for (int i = 0; i < ATTEMPTS; i++) {
                guest.vm().cpus().getFirst().run(block, 0, writes);
            }
            TransactionCounts counts = guest.counts();
            return (double) counts.aborts(AbortCause.CAPACITY) / counts.attempts;
        }
    }
}
