package org.nestwalk.lab.labs.transactions;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;

/// What there is to say of [TransactionsResult].
final class TransactionsDocument {
    private static final String EXITS =
            "what becomes of an exit that aborts a transaction: dropped, as if it had never"
                    + " occurred, or delivered after the abort";
    private static final int PUBLISHED_WAYS = 8;
    private static final String LOCK =
            "share of transactions that failed too often, and were made under a lock";

    private TransactionsDocument() {}

    static Document of(TransactionsResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "Transactions in a virtual machine, on %s; %s",
                                        result.machine(), result.program()));
        lengths(document, result);
        backing(document, result);
        tracking(document, result.tracking());
        capacity(document, result.capacity());
        conflicts(document, result.conflicts());
        return document.conclusion(TransactionsConclusion.of(result));
    }

    private static void lengths(Document document, TransactionsResult result) {
        if (result.lengths().isEmpty()) {
            return;
        }
        Table table =
                new Table(
                        Column.number("length").meaning("accesses of a transaction"),
                        Column.number("cycles").meaning("of an attempt that commits"),
                        Column.number("attempts"),
                        Column.number("aborted").meaning("by attempt").lessIsBetter(),
                        Column.number("1 - exp(-rate x cycles)")
                                .meaning("what a Poisson process of that rate aborts"));
        for (LengthSweep.Point point : result.lengths()) {
            table.row(
                    Cell.number("%,d", point.length()),
                    Cell.number("%,.0f", point.cycles()),
                    Cell.number("%,d", point.attempts()),
                    Cell.number("%.3f", point.abortRate()),
                    Cell.number("%.3f", point.expected()));
        }
        double planted = result.settings().interruptRate();
        document.paragraph(
                Figures.format(
                        "Interrupts at %.3g per cycle, loads that hit the first cache:", planted));
        document.table(table);
        ExponentialFit fit = result.fit();
        document.pictures(
                new Document()
                        .series(
                                Series.curves(
                                        "transactions aborted by how long they are",
                                        Measure.of("cycles").meaning("of an attempt that commits"),
                                        Measure.of("aborted").in("part").lessIsBetter(),
                                        aborted(result.lengths(), fit))));
        if (fit != null) {
            document.paragraph(
                    Figures.format(
                            "Fitted: %.4g per cycle, %+.1f %% of the planted one, R2 = %.4f",
                            fit.rate(), 100 * (fit.rate() / planted - 1), fit.rSquared()));
        }
    }

    private static List<Series.Line> aborted(
            List<LengthSweep.Point> lengths, @Nullable ExponentialFit fit) {
        List<LengthSweep.Point> points =
                lengths.stream()
                        .sorted(Comparator.comparingDouble(LengthSweep.Point::cycles))
                        .toList();
        List<Series.Line> lines = new ArrayList<>();
        lines.add(line("made", points, LengthSweep.Point::abortRate));
        lines.add(line("Poisson process", points, LengthSweep.Point::expected));
        if (fit != null) {
            lines.add(line("fitted", points, point -> -Math.expm1(-fit.rate() * point.cycles())));
        }
        return lines;
    }

    private static Series.Line line(
            String name, List<LengthSweep.Point> points, ToDoubleFunction<LengthSweep.Point> of) {
        return new Series.Line(
                name,
                "",
                points.stream()
                        .map(point -> new Series.Point(point.cycles(), of.applyAsDouble(point)))
                        .toList());
    }

    private static void backing(Document document, TransactionsResult result) {
        if (result.backing().isEmpty()) {
            return;
        }
        Table table =
                new Table(
                        Column.label("memory backed"),
                        Column.label("exits").meaning(EXITS),
                        Column.number("pages").meaning("that back the program's data in the end"),
                        Column.number("transactions"),
                        Column.number("attempts").lessIsBetter(),
                        Column.number("violations/page")
                                .meaning("aborts by second-level violations")
                                .lessIsBetter(),
                        Column.number("took the lock").meaning(LOCK).lessIsBetter(),
                        Column.number("slowdown")
                                .meaning("against the same without transactions")
                                .lessIsBetter(),
                        Column.text("aborts"));
        for (BackingCases.Row row : result.backing()) {
            table.row(
                    Cell.text(row.name()),
                    Cell.text(row.suppressed()),
                    Cell.number("%,d", row.pages()),
                    Cell.number("%,d", row.transactions()),
                    Cell.number("%,d", row.attempts()),
                    Cell.number("%.3f", row.violationsPerPage()),
                    Cell.percent(row.fallbacks()),
                    Cell.number("%.2fx", row.slowdown()),
                    Cell.text(
                            aborts(row.aborts())
                                    + (row.checksumHolds() ? "" : "; WRONG CHECKSUM")));
        }
        document.paragraph(
                Figures.format(
                        "The program in transactions of %,d access{es}, %,d {retry|retries} and"
                                + " then a lock:",
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
        if (rows.isEmpty()) {
            return;
        }
        Table table =
                new Table(
                        Column.label("written pages"),
                        Column.label("exits"),
                        Column.label("pass")
                                .meaning(
                                        "through all pages: tracking is armed before the first and"
                                                + " the second, not before the third"),
                        Column.number("dirty pages").meaning("those found, tables included"),
                        Column.number("aborts").lessIsBetter(),
                        Column.number("aborts/dirty page").lessIsBetter(),
                        Column.number("first attempts aborted").lessIsBetter(),
                        Column.number("took the lock").lessIsBetter(),
                        Column.number("cycles").lessIsBetter());
        for (TrackingCases.Row row : rows) {
            table.row(
                    Cell.text(row.name()),
                    Cell.text(row.suppressed()),
                    new Cell(
                            Integer.toString(row.pass())
                                    + (row.pass() < TrackingCases.NOT_ARMED ? " (armed)" : ""),
                            row.pass()),
                    Cell.number("%,d", row.dirtyPages()),
                    Cell.number("%,d", row.aborts()),
                    Cell.number("%.5f", row.abortsPerPage()),
                    Cell.percent(row.abortedFirst()),
                    Cell.percent(row.fallbacks()),
                    Cell.number("%,d", row.cycles()));
        }
        document.paragraph(
                Figures.format(
                        "Written pages looked for, %,d transaction{s} a pass, each of which writes"
                                + " one 4K page:",
                        rows.getFirst().transactions()));
        document.table(table);
    }

    private static void capacity(Document document, List<CapacityCases.Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        Table table =
                new Table(
                        Column.number("lines of one set written"),
                        Column.number("aborted").lessIsBetter());
        for (CapacityCases.Row row : rows) {
            table.row(Cell.number("%d", row.writes()), Cell.percent(row.abortRate()));
        }
        document.paragraph(
                Figures.format("A first-level data cache of %d way{s}:", rows.getFirst().ways()));
        document.table(table);
        List<Series.Line> lines = new ArrayList<>();
        lines.add(
                new Series.Line(
                        "made",
                        "",
                        rows.stream()
                                .map(row -> new Series.Point(row.writes(), row.abortRate()))
                                .toList()));
        if (rows.getFirst().ways() == PUBLISHED_WAYS) {
            lines.add(
                    new Series.Line(
                            "published",
                            "nine writes to one set of eight ways abort (wikisum.wiki, on TSX)",
                            List.of(new Series.Point(PUBLISHED_WAYS + 1, 1))));
        }
        document.pictures(
                new Document()
                        .series(
                                Series.curves(
                                        "transactions aborted by the lines of one set they write",
                                        Measure.of("lines").meaning("of one set, written"),
                                        Measure.of("aborted").in("part").lessIsBetter(),
                                        lines)));
    }

    private static void conflicts(Document document, List<ConflictCases.Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        Table table =
                new Table(
                        Column.number("CPUs"),
                        Column.number("shared lines"),
                        Column.number("conflicts/attempt").lessIsBetter(),
                        Column.number("took the lock").lessIsBetter(),
                        Column.number("cycles/update")
                                .meaning("of all CPUs together, by the clock")
                                .lessIsBetter());
        for (ConflictCases.Row row : rows) {
            table.row(
                    Cell.number("%d", row.cpus()),
                    Cell.number("%,d", row.lines()),
                    Cell.number("%.3f", row.abortRate()),
                    Cell.percent(row.fallbacks()),
                    Cell.number("%.1f", row.cyclesPerUpdate()));
        }
        document.paragraph(
                Figures.format(
                        "CPUs side by side, %d update{s} of random lines a transaction:",
                        rows.getFirst().updates()));
        document.table(table);
    }
}
