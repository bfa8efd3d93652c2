package org.nestwalk.lab.labs.encryption;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.encryption.EncryptionResult.AttackRow;
import org.nestwalk.lab.labs.encryption.EncryptionResult.InCache;

/// What there is to say of [EncryptionResult].
final class EncryptionDocument {
    private static final String SERVED = "references served by memory";

    private EncryptionDocument() {}

    static Document of(EncryptionResult result) {
        Document document = new Document();
        document.paragraph(
                Figures.format(
                        "Memory encryption, on %s; %,d cycle{s} to memory without it",
                        result.machine(), result.memoryCycles()));
        cold(document, result);
        timing(document, result);
        inCache(document, result);
        attacks(document, result);
        return document.conclusion(EncryptionConclusion.of(result));
    }

    private static void cold(Document document, EncryptionResult result) {
        if (result.cold().isEmpty()) {
            return;
        }
        int adder = result.mostAdder();
        Table table =
                new Table(
                        Column.label("guest/host"),
                        Column.number("references").lessIsBetter(),
                        Column.number("cycles").lessIsBetter(),
                        Column.number("more").in("cycles").of("whole memory").lessIsBetter(),
                        Column.number("E").of("whole memory").lessIsBetter(),
                        Column.number("more").in("cycles").of("guest key").lessIsBetter(),
                        Column.number("E").of("guest key").lessIsBetter(),
                        Column.number("overhead")
                                .meaning("with all of memory encrypted")
                                .lessIsBetter());
        for (ColdWalk walk : result.cold()) {
            table.row(
                    Cell.text(walk.pages()),
                    Cell.number("%,d", walk.references()),
                    Cell.number("%,d", walk.cycles()),
                    Cell.number("%,d", walk.wholeMemory()),
                    times(walk.wholeMemory(), adder),
                    Cell.number("%,d", walk.guestKey()),
                    times(walk.guestKey(), adder),
                    Cell.percent((double) walk.wholeMemory() / walk.cycles()));
        }
        document.paragraph(
                Figures.format(
                        "A walk that no cache serves, E = %,d cycle{s} (bound E/memory: %s):",
                        adder, Figures.percent((double) adder / result.memoryCycles())));
        document.table(table);
        document.pictures(
                new Document()
                        .bars(
                                new Bars(
                                        "cycles that encryption adds to a cold walk",
                                        Measure.of("more").in("cycles").lessIsBetter(),
                                        Measure.of("guest/host"),
                                        List.of(
                                                Bars.Part.of("whole memory"),
                                                Bars.Part.of("guest key")),
                                        result.cold().stream()
                                                .map(EncryptionDocument::bar)
                                                .toList(),
                                        Bars.Form.GROUPED)));
    }

    private static Bars.Row bar(ColdWalk walk) {
        return new Bars.Row(
                walk.pages(),
                List.of(
                        Cell.number("%,d", walk.wholeMemory()),
                        Cell.number("%,d", walk.guestKey())));
    }

    private static Cell times(long more, int adder) {
        return adder == 0 ? Cell.none() : Cell.number("%,dE", more / adder);
    }

    /// A line for all adders of a program, since misses do not depend on them.
    private static void timing(Document document, EncryptionResult result) {
        List<Integer> adders = result.adders();
        if (result.timing().isEmpty()) {
            return;
        }
        Table table = new Table(timingColumns(adders));
        for (int i = 0; i < result.timing().size(); i += adders.size()) {
            List<TimingRow> rows = result.timing().subList(i, i + adders.size());
            TimingRow first = rows.getFirst();
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.text(first.name()));
            cells.add(Cell.text(first.pages()));
            cells.add(Cell.text(first.scope()));
            cells.add(Cell.number("%,d", first.guestTables()));
            cells.add(Cell.number("%,d", first.secondLevelTables()));
            cells.add(Cell.number("%,d", first.data()));
            rows.forEach(row -> cells.add(Cell.number("%,d", row.extra())));
            TimingRow dearest =
                    rows.stream().max(Comparator.comparingInt(TimingRow::adder)).orElseThrow();
            cells.add(Cell.percent(dearest.walkOverhead()));
            cells.add(Cell.percent(dearest.overhead()));
            table.cells(cells);
        }
        document.paragraph("Programs, for each E in cycles:");
        document.table(table);
        if (adders.stream().distinct().count() > 1) {
            document.pictures(new Document().series(overheads(result)));
        }
        document.paragraph(
                Figures.format(
                        "Cycles more are E times the references in %,d of %,d run{s}; the bound"
                                + " E/memory is %s",
                        result.timing().stream()
                                .filter(row -> row.extra() == row.expected())
                                .count(),
                        result.timing().size(),
                        adders.stream()
                                .map(adder ->
                                        Figures.percent((double) adder / result.memoryCycles()))
                                .collect(Collectors.joining(", "))));
    }

    /// How much longer programs take over E, below the line that nothing can be above.
    private static Series overheads(EncryptionResult result) {
        List<Integer> adders = result.adders().stream().sorted().toList();
        Map<String, List<Series.Point>> points = new LinkedHashMap<>();
        for (TimingRow row : result.timing()) {
            points.computeIfAbsent(
                            String.join(", ", row.name(), row.pages(), row.scope()),
                            _ -> new ArrayList<>())
                    .add(new Series.Point(row.adder(), row.overhead()));
        }
        List<Series.Line> lines = new ArrayList<>();
        points.forEach((name, of) -> {
            of.sort(Comparator.comparingDouble(Series.Point::x));
            lines.add(new Series.Line(name, "", of));
        });
        lines.add(
                new Series.Line(
                        "bound",
                        "E by the time of a reference that memory serves: no program can be more"
                                + " slowed down, as no part of it takes more than E longer than"
                                + " that",
                        adders.stream()
                                .map(adder ->
                                        new Series.Point(
                                                adder, (double) adder / result.memoryCycles()))
                                .toList()));
        return Series.curves(
                "how much longer programs take",
                Measure.of("E").in("cycles").meaning("for a reference that memory serves"),
                Measure.of("longer").in("part").lessIsBetter(),
                lines);
    }

    private static List<Column> timingColumns(List<Integer> adders) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("program"));
        columns.add(Column.label("pages").meaning("of guest and host"));
        columns.add(Column.label("encrypted").meaning("which references are"));
        for (String kind : List.of("guest tables", "nested tables", "data")) {
            columns.add(Column.number(kind).of(SERVED).lessIsBetter());
        }
        for (int adder : adders) {
            columns.add(Column.number("E = " + adder).of("cycles more").lessIsBetter());
        }
        columns.add(
                Column.number("walks")
                        .of("longer")
                        .meaning("by how much cycles of walks grow with the largest E")
                        .lessIsBetter());
        columns.add(
                Column.number("all")
                        .of("longer")
                        .meaning("by how much all cycles grow with it")
                        .lessIsBetter());
        return columns;
    }

    private static void inCache(Document document, EncryptionResult result) {
        InCache row = result.inCache();
        if (row != null) {
            document.paragraph(
                    Figures.format(
                            "In the caches, E = %,d (%s, second run): %,d reference{s} of walks,"
                                    + " %,d of them to memory, %,d cycle{s} more.",
                            result.mostAdder(),
                            row.program(),
                            row.references(),
                            row.served(),
                            row.extra()));
        }
    }

    /// A row for each attack, a column for each protection.
    private static void attacks(Document document, EncryptionResult result) {
        if (result.attacks().isEmpty()) {
            return;
        }
        Map<String, List<Cell>> rows = new LinkedHashMap<>();
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("what the hypervisor does"));
        result.attacks().stream()
                .map(AttackRow::protection)
                .distinct()
                .forEach(protection -> columns.add(Column.text(protection)));
        for (AttackRow row : result.attacks()) {
            rows.computeIfAbsent(
                            row.attack(), attack -> new ArrayList<>(List.of(Cell.text(attack))))
                    .add(Cell.text(verdict(row.verdicts())));
        }
        Table table = new Table(columns);
        rows.values().forEach(table::cells);
        document.paragraph(
                Figures.format(
                        "What came of %,d attack{s} of each kind, by the protection of memory:",
                        result.attempts()));
        document.table(table);
    }

    private static String verdict(Map<String, Long> verdicts) {
        return verdicts.size() == 1
                ? verdicts.keySet().iterator().next()
                : verdicts.entrySet().stream()
                        .map(e -> Figures.format("%s %,d", e.getKey(), e.getValue()))
                        .collect(Collectors.joining(", "));
    }
}
