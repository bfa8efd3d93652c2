package org.nestwalk.report.story;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nestwalk.lab.transactions.BackingCases;
import org.nestwalk.lab.transactions.CapacityCases;
import org.nestwalk.lab.transactions.ConflictCases;
import org.nestwalk.lab.transactions.LengthSweep;
import org.nestwalk.lab.transactions.TrackingCases;
import org.nestwalk.lab.transactions.TransactionStory.Result;
import org.nestwalk.report.Figures;
import org.nestwalk.report.TextTable;

/// [org.nestwalk.lab.transactions.TransactionStory] for people.
public final class TransactionsText {
    private TransactionsText() {}

    /// Heading, tables and conclusion.
    ///
    /// @param machine the processor's name
    public static String of(String machine, Result result) {
        return Figures.format(
                        "Transactions in a virtual machine, on %s; %s%n%n",
                        machine, result.program())
                + lengths(result)
                + backing(result)
                + tracking(result.tracking())
                + capacity(result.capacity())
                + conflicts(result.conflicts())
                + TransactionsConclusion.of(result);
    }

    private static String lengths(Result result) {
        TextTable table = new TextTable().numeric();
        table.row("length", "cycles", "attempts", "aborted", "1 - exp(-rate x cycles)");
        for (LengthSweep.Point point : result.lengths()) {
            table.row(
                    Figures.format("%,d", point.length()),
                    Figures.format("%,.0f", point.cycles()),
                    Figures.format("%,d", point.attempts()),
                    Figures.format("%.3f", point.abortRate()),
                    Figures.format("%.3f", point.expected()));
        }
        double planted = result.settings().interruptRate();
        return Figures.format(
                        "Interrupts at %.3g per cycle, loads that hit the first cache:%n%n",
                        planted)
                + table.text("  ")
                + Figures.format(
                        "%n  fitted: %.4g per cycle, %+.1f %% of the planted one, R2 = %.4f%n%n",
                        result.fit().rate(),
                        100 * (result.fit().rate() / planted - 1),
                        result.fit().rSquared());
    }

    private static String backing(Result result) {
        TextTable table = new TextTable().numeric();
        table.row(
                "memory backed",
                "violations",
                "pages",
                "transactions",
                "attempts",
                "violations/page",
                "took the lock",
                "slowdown",
                "aborts");
        for (BackingCases.Row row : result.backing()) {
            table.row(
                    row.name(),
                    row.suppressed(),
                    Figures.format("%,d", row.pages()),
                    Figures.format("%,d", row.transactions()),
                    Figures.format("%,d", row.attempts()),
                    Figures.format("%.3f", row.violationsPerPage()),
                    Figures.percent(row.fallbacks()),
                    Figures.format("%.2fx", row.slowdown()),
                    aborts(row.aborts()) + (row.checksumHolds() ? "" : "; WRONG CHECKSUM"));
        }
        return Figures.format(
                        "The program in transactions of %,d accesses, %,d retries and then a"
                                + " lock:%n%n",
                        result.settings().length(), result.settings().retries())
                + table.text("  ")
                + "\n";
    }

    private static String aborts(Map<String, Long> aborts) {
        return aborts.isEmpty()
                ? "none"
                : aborts.entrySet().stream()
                        .map(e -> Figures.format("%,d %s", e.getValue(), e.getKey()))
                        .collect(Collectors.joining(", "));
    }

    private static String tracking(List<TrackingCases.Row> rows) {
        TextTable table = new TextTable().numeric();
        table.row(
                "written pages",
                "exits",
                "pass",
                "dirty pages",
                "aborts",
                "aborts/dirty page",
                "first attempts aborted",
                "took the lock",
                "cycles");
        for (TrackingCases.Row row : rows) {
            table.row(
                    row.name(),
                    row.suppressed(),
                    switch (row.pass()) {
                        case 1 -> "1 (armed)";
                        case 2 -> "2 (armed)";
                        default -> Integer.toString(row.pass());
                    },
                    Figures.format("%,d", row.dirtyPages()),
                    Figures.format("%,d", row.aborts()),
                    Figures.format("%.5f", row.abortsPerPage()),
                    Figures.percent(row.abortedFirst()),
                    Figures.percent(row.fallbacks()),
                    Figures.format("%,d", row.cycles()));
        }
        return Figures.format(
                        "Written pages looked for, %,d transactions a pass, each of which writes"
                                + " one 4K page:%n%n",
                        rows.getFirst().transactions())
                + table.text("  ")
                + "\n";
    }

    private static String capacity(List<CapacityCases.Row> rows) {
        TextTable table = new TextTable().numeric();
        table.row("lines of one set written", "aborted");
        for (CapacityCases.Row row : rows) {
            table.row(Integer.toString(row.writes()), Figures.percent(row.abortRate()));
        }
        return Figures.format("A first-level data cache of %d ways:%n%n", rows.getFirst().ways())
                + table.text("  ")
                + "\n";
    }

    private static String conflicts(List<ConflictCases.Row> rows) {
        TextTable table = new TextTable().numeric();
        table.row("CPUs", "shared lines", "conflicts/attempt", "took the lock", "cycles/update");
        for (ConflictCases.Row row : rows) {
            table.row(
                    Integer.toString(row.cpus()),
                    Figures.format("%,d", row.lines()),
                    Figures.format("%.3f", row.abortRate()),
                    Figures.percent(row.fallbacks()),
                    Figures.format("%.1f", row.cyclesPerUpdate()));
        }
        return Figures.format(
                        "CPUs side by side, %d updates of random lines a transaction:%n%n",
                        rows.getFirst().updates())
                + table.text("  ")
                + "\n";
    }
}
