package org.nestwalk.report.story;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.transactions.BackingCases;
import org.nestwalk.lab.transactions.CapacityCases;
import org.nestwalk.lab.transactions.ConflictCases;
import org.nestwalk.lab.transactions.LengthSweep;
import org.nestwalk.lab.transactions.TrackingCases;
import org.nestwalk.lab.transactions.TransactionStory.Result;

/// [org.nestwalk.lab.transactions.TransactionStory] for people.
public final class TransactionsText {
    private TransactionsText() {}

    /// Heading, tables and conclusion.
    ///
    /// @param machine the processor's name
    public static Document of(String machine, Result result) {
        Document document = new Document();
        document.paragraph(
                Figures.format(
                        "Transactions in a virtual machine, on %s; %s", machine, result.program()));
        lengths(document, result);
        backing(document, result);
        tracking(document, result.tracking());
        capacity(document, result.capacity());
        conflicts(document, result.conflicts());
        return document.conclusion(TransactionsConclusion.of(result));
    }

    private static void lengths(Document document, Result result) {
        Table table =
                new Table(
                        Column.number("length"),
                        Column.number("cycles"),
                        Column.number("attempts"),
                        Column.number("aborted"),
                        Column.number("1 - exp(-rate x cycles)"));
        for (LengthSweep.Point point : result.lengths()) {
            table.row(
                    Figures.format("%,d", point.length()),
                    Figures.format("%,.0f", point.cycles()),
                    Figures.format("%,d", point.attempts()),
                    Figures.format("%.3f", point.abortRate()),
                    Figures.format("%.3f", point.expected()));
        }
        double planted = result.settings().interruptRate();
        document.paragraph(
                Figures.format(
                        "Interrupts at %.3g per cycle, loads that hit the first cache:", planted));
        document.table(table);
        document.paragraph(
                Figures.format(
                        "Fitted: %.4g per cycle, %+.1f %% of the planted one, R2 = %.4f",
                        result.fit().rate(),
                        100 * (result.fit().rate() / planted - 1),
                        result.fit().rSquared()));
    }

    private static void backing(Document document, Result result) {
        Table table =
                new Table(
                        Column.label("memory backed"),
                        Column.label("violations"),
                        Column.number("pages"),
                        Column.number("transactions"),
                        Column.number("attempts"),
                        Column.number("violations/page"),
                        Column.number("took the lock"),
                        Column.number("slowdown"),
                        Column.text("aborts"));
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
        document.paragraph(
                Figures.format(
                        "The program in transactions of %,d accesses, %,d retries and then a lock:",
                        result.settings().length(), result.settings().retries()));
        document.table(table);
    }

    private static String aborts(Map<String, Long> aborts) {
        return aborts.isEmpty()
                ? "none"
                : aborts.entrySet().stream()
                        .map(e -> Figures.format("%,d %s", e.getValue(), e.getKey()))
                        .collect(Collectors.joining(", "));
    }

    private static void tracking(Document document, List<TrackingCases.Row> rows) {
        Table table =
                new Table(
                        Column.label("written pages"),
                        Column.label("exits"),
                        Column.label("pass"),
                        Column.number("dirty pages"),
                        Column.number("aborts"),
                        Column.number("aborts/dirty page"),
                        Column.number("first attempts aborted"),
                        Column.number("took the lock"),
                        Column.number("cycles"));
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
        document.paragraph(
                Figures.format(
                        "Written pages looked for, %,d transactions a pass, each of which writes"
                                + " one 4K page:",
                        rows.getFirst().transactions()));
        document.table(table);
    }

    private static void capacity(Document document, List<CapacityCases.Row> rows) {
        Table table =
                new Table(Column.number("lines of one set written"), Column.number("aborted"));
        for (CapacityCases.Row row : rows) {
            table.row(Integer.toString(row.writes()), Figures.percent(row.abortRate()));
        }
        document.paragraph(
                Figures.format("A first-level data cache of %d ways:", rows.getFirst().ways()));
        document.table(table);
    }

    private static void conflicts(Document document, List<ConflictCases.Row> rows) {
        Table table =
                new Table(
                        Column.number("CPUs"),
                        Column.number("shared lines"),
                        Column.number("conflicts/attempt"),
                        Column.number("took the lock"),
                        Column.number("cycles/update"));
        for (ConflictCases.Row row : rows) {
            table.row(
                    Integer.toString(row.cpus()),
                    Figures.format("%,d", row.lines()),
                    Figures.format("%.3f", row.abortRate()),
                    Figures.percent(row.fallbacks()),
                    Figures.format("%.1f", row.cyclesPerUpdate()));
        }
        document.paragraph(
                Figures.format(
                        "CPUs side by side, %d updates of random lines a transaction:",
                        rows.getFirst().updates()));
        document.table(table);
    }
}
