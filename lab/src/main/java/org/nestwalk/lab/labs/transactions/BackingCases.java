package org.nestwalk.lab.labs.transactions;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.program.Program;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.transactions.AbortCause;
import org.nestwalk.machine.transactions.SuppressedExit;
import org.nestwalk.machine.transactions.TransactionCounts;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.mmu.model.ProcessorModel;

/// A program as transactions, in memory that is backed when it is touched, or before.
public final class BackingCases {
    static final String TOUCHED_4K = "first touch, 4K";
    static final String TOUCHED_2M = "first touch, 2M";
    static final String PREFAULT = "prefault";

    private final ProcessorModel model;
    private final Program program;
    private final TransactionSettings settings;
    private final PlainExecution plain;

    /// One way to back memory.
    ///
    /// @param name what people call it
    /// @param suppressed what becomes of violations
    /// @param pages that back the program's data in the end
    /// @param transactions of the program
    /// @param attempts at them
    /// @param aborts by cause
    /// @param violationsPerPage aborts by violations for each page
    /// @param fallbacks share of transactions that took the lock
    /// @param cycles all
    /// @param slowdown against the same without transactions
    /// @param checksumHolds whether the program ended with the checksum of plain execution
    public record Row(
            String name,
            String suppressed,
            long pages,
            long transactions,
            long attempts,
            Map<String, Long> aborts,
            double violationsPerPage,
            double fallbacks,
            long cycles,
            double slowdown,
            boolean checksumHolds)
            implements CaseRow {}

    private BackingCases(ProcessorModel model, Program program, TransactionSettings settings) {
        this.model = model;
        this.program = program;
        this.settings = settings;
        this.plain = PlainExecution.of(program.open());
    }

    /// The ways, one after the other.
    static List<Function<Meter, List<Row>>> parts(
            ProcessorModel model, Program program, TransactionSettings settings) {
        BackingCases cases = new BackingCases(model, program, settings);
        PageSize small = PageSize.SIZE_4K;
        PageSize large = PageSize.SIZE_2M;
        return List.of(
                cases.row(TOUCHED_4K, small, new FirstTouch(small), SuppressedExit.DROPPED),
                cases.row(TOUCHED_4K, small, new FirstTouch(small), SuppressedExit.DELIVERED),
                cases.row(TOUCHED_2M, large, new FirstTouch(large), SuppressedExit.DELIVERED),
                cases.row(PREFAULT + ", 4K", small, new Eager(small), SuppressedExit.DELIVERED),
                cases.row(PREFAULT + ", 2M", large, new Eager(large), SuppressedExit.DELIVERED));
    }

    /// How many accesses that takes: five ways, each without transactions and with.
    static long accesses(Program program) {
        return 5 * 2 * program.accesses();
    }

    private Function<Meter, List<Row>> row(
            String name, PageSize pages, BackingPolicy backing, SuppressedExit suppressed) {
        return meter -> List.of(row(name, pages, backing, suppressed, meter));
    }

    private Row row(
            String name,
            PageSize pages,
            BackingPolicy backing,
            SuppressedExit suppressed,
            Meter meter) {
        long without;
        try (PreparedGuest guest = guest(pages, backing)) {
            long before = guest.cycles();
            guest.run(program.open(), meter);
            without = guest.cycles() - before;
        }
        try (PreparedGuest guest = guest(pages, backing)) {
            guest.useTransactions(settings.with(suppressed));
            long before = guest.cycles();
            guest.run(program.open(), meter);
            TransactionCounts counts = guest.counts();
            long backed = guest.backedPages();
            return new Row(
                    name,
                    suppressed.label(),
                    backed,
                    counts.transactions,
                    counts.attempts,
                    aborts(counts),
                    (double) counts.aborts(AbortCause.VIOLATION) / Math.max(1, backed),
                    (double) counts.fallbacks / Math.max(1, counts.transactions),
                    guest.cycles() - before,
                    (double) (guest.cycles() - before) / without,
                    guest.vm().cpus().getFirst().state().checksum() == plain.checksum());
        }
    }

    private PreparedGuest guest(PageSize pages, BackingPolicy backing) {
        return new PreparedGuest(
                model, 1, program.base(), program.footprint(), pages, backing, settings.seed());
    }

    /// Aborts by the label of their cause, those that there were.
    static Map<String, Long> aborts(TransactionCounts counts) {
        Map<String, Long> aborts = new LinkedHashMap<>();
        for (AbortCause cause : AbortCause.values()) {
            if (counts.aborts(cause) > 0) {
                aborts.put(cause.label(), counts.aborts(cause));
            }
        }
        return aborts;
    }
}
