package org.nestwalk.report.story;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.encryption.ColdWalk;
import org.nestwalk.lab.encryption.EncryptionStory.AttackRow;
import org.nestwalk.lab.encryption.EncryptionStory.InCache;
import org.nestwalk.lab.encryption.EncryptionStory.Result;
import org.nestwalk.lab.encryption.TimingRow;

/// [org.nestwalk.lab.encryption.EncryptionStory] for people.
public final class EncryptionText {
    private static final String SERVED = "references served by memory";

    private EncryptionText() {}

    /// Heading, tables and conclusion.
    ///
    /// @param machine the processor's name
    public static Document of(String machine, Result result) {
        Document document = new Document();
        document.paragraph(
                Figures.format(
                        "Memory encryption, on %s; %,d cycles to memory without it",
                        machine, result.memoryCycles()));
        cold(document, result);
        timing(document, result);
        inCache(document, result.inCache(), result.options().mostAdder());
        attacks(document, result);
        return document.conclusion(EncryptionConclusion.of(result));
    }

    private static void cold(Document document, Result result) {
        int adder = result.options().mostAdder();
        Table table =
                new Table(
                        Column.label("guest/host"),
                        Column.number("references"),
                        Column.number("cycles"),
                        Column.number("more").of("whole memory"),
                        Column.number("E").of("whole memory"),
                        Column.number("more").of("guest key"),
                        Column.number("E").of("guest key"),
                        Column.number("overhead"));
        for (ColdWalk walk : result.cold()) {
            table.row(
                    walk.pages(),
                    Figures.format("%,d", walk.references()),
                    Figures.format("%,d", walk.cycles()),
                    Figures.format("%,d", walk.wholeMemory()),
                    times(walk.wholeMemory(), adder),
                    Figures.format("%,d", walk.guestKey()),
                    times(walk.guestKey(), adder),
                    Figures.percent((double) walk.wholeMemory() / walk.cycles()));
        }
        document.paragraph(
                Figures.format(
                        "A walk that no cache serves, E = %,d cycles (bound E/memory: %s):",
                        adder, Figures.percent((double) adder / result.memoryCycles())));
        document.table(table);
    }

    private static String times(long more, int adder) {
        return adder == 0 ? "-" : Figures.format("%,dE", more / adder);
    }

    /// A line for all adders of a program, since misses do not depend on them.
    private static void timing(Document document, Result result) {
        List<Integer> adders = result.options().adders();
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("program"));
        columns.add(Column.label("pages"));
        columns.add(Column.label("encrypted"));
        columns.add(Column.number("guest tables").of(SERVED));
        columns.add(Column.number("nested tables").of(SERVED));
        columns.add(Column.number("data").of(SERVED));
        adders.forEach(adder -> columns.add(Column.number("E = " + adder).of("cycles more")));
        columns.add(Column.number("walks").of("longer"));
        columns.add(Column.number("all").of("longer"));
        Table table = new Table(columns);
        for (int i = 0; i < result.timing().size(); i += adders.size()) {
            List<TimingRow> rows = result.timing().subList(i, i + adders.size());
            TimingRow first = rows.getFirst();
            List<String> cells = new ArrayList<>();
            cells.add(first.program().replaceFirst(":.*", "").replaceFirst(".*/", ""));
            cells.add(first.pages());
            cells.add(first.scope());
            cells.add(Figures.format("%,d", first.guestTables()));
            cells.add(Figures.format("%,d", first.secondLevelTables()));
            cells.add(Figures.format("%,d", first.data()));
            rows.forEach(row -> cells.add(Figures.format("%,d", row.extra())));
            TimingRow dearest =
                    rows.stream().max(Comparator.comparingInt(TimingRow::adder)).orElseThrow();
            cells.add(Figures.percent(dearest.walkOverhead()));
            cells.add(Figures.percent(dearest.overhead()));
            table.row(cells);
        }
        document.paragraph(
                """
                Programs: encrypted references that memory served; for each E, in cycles, how many
                cycles more that is, measured; with the largest, how much longer walks and everything
                together take:
                """);
        document.table(table);
        document.paragraph(
                Figures.format(
                        "Cycles more are E times the references in %,d of %,d runs; the bound"
                                + " E/memory is %s",
                        result.timing().stream()
                                .filter(row -> row.extra() == row.expected())
                                .count(),
                        result.timing().size(),
                        String.join(
                                ", ",
                                adders.stream()
                                        .map(adder ->
                                                Figures.percent(
                                                        (double) adder / result.memoryCycles()))
                                        .toList())));
    }

    private static void inCache(Document document, InCache row, int adder) {
        document.paragraph(
                Figures.format(
                        "In the caches, E = %,d (%s, second run): %,d references of walks, %,d of"
                                + " them to memory, %,d cycles more.",
                        adder, row.program(), row.references(), row.served(), row.extra()));
    }

    private static void attacks(Document document, Result result) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("what the hypervisor does"));
        result.attacks()
                .getFirst()
                .verdicts()
                .keySet()
                .forEach(protection -> columns.add(Column.text(protection)));
        Table table = new Table(columns);
        for (AttackRow row : result.attacks()) {
            List<String> cells = new ArrayList<>();
            cells.add(row.attack());
            row.verdicts().values().forEach(verdicts -> cells.add(verdict(verdicts)));
            table.row(cells);
        }
        document.paragraph(
                Figures.format(
                        "What came of %,d attacks of each kind, by the protection of memory:",
                        result.options().attacks()));
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
