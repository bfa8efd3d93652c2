package org.nestwalk.lab.transactions;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.nestwalk.mmu.model.MachineModel;

/// A program as transactions, in memory that is backed when it is touched, or before.
public final class BackingCases {
    private final MachineModel model;
    private final Program program;
    private final TransactionSettings settings;
    private final Meter meter;
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
            boolean checksumHolds) {}

    private BackingCases(
            MachineModel model, Program program, TransactionSettings settings, Meter meter) {
        this.model = model;
        this.program = program;
        this.settings = settings;
        this.meter = meter;
        this.plain = PlainExecution.of(program.open());
    }

    static List<Row> run(
            MachineModel model, Program program, TransactionSettings settings, Meter meter) {
        BackingCases cases = new BackingCases(model, program, settings, meter);
        PageSize small = PageSize.SIZE_4K;
        PageSize large = PageSize.SIZE_2M;
        return List.of(
                cases.row("first touch, 4K", small, new FirstTouch(small), SuppressedExit.DROPPED),
                cases.row(
                        "first touch, 4K", small, new FirstTouch(small), SuppressedExit.DELIVERED),
                cases.row(
                        "first touch, 2M", large, new FirstTouch(large), SuppressedExit.DELIVERED),
                cases.row("prefault, 4K", small, new Eager(small), SuppressedExit.DELIVERED),
                cases.row("prefault, 2M", large, new Eager(large), SuppressedExit.DELIVERED));
    }

    /// How many accesses that takes: five ways, each without transactions and with.
    static long accesses(Program program) {
        return 5 * 2 * program.accesses();
    }

    private Row row(String name, PageSize pages, BackingPolicy backing, SuppressedExit suppressed) {
        long without;
        try (PreparedGuest guest = guest(pages, backing)) {
            long before = guest.cycles();
            guest.run(program.open());
            without = guest.cycles() - before;
        }
        try (PreparedGuest guest = guest(pages, backing)) {
            guest.useTransactions(settings.with(suppressed));
            long before = guest.cycles();
            guest.run(program.open());
            meter.add(2 * program.accesses());
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
