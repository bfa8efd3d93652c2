package org.nestwalk.lab.labs.prefetch;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.Row;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.WrongHint;

/// What there is to say of [PrefetchResult].
final class PrefetchDocument {
    private PrefetchDocument() {}

    static Document of(PrefetchResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "First touches of %,d page{s} on %s; a periodic task"
                                                + " touches %,d page{s} each time",
                                        result.pages(),
                                        result.isMeasured()
                                                ? "this host's KVM"
                                                : String.valueOf(result.machine()),
                                        result.job()));
        if (result.missing() != null) {
            document.lines(result.missing());
        }
        document.table(touches(result));
        if (result.wrong() != null) {
            document.paragraph("Wrong hints, and what the host's cap lets them come to")
                    .table(wrong(result.wrong()));
        }
        return document.pictures(charts(result)).conclusion(PrefetchConclusion.of(result));
    }

    private static Table touches(PrefetchResult result) {
        String unit = result.unit();
        Table table =
                new Table(
                        Column.label("pattern"),
                        Column.label("backed"),
                        Column.number("violations").lessIsBetter(),
                        Column.number("calls")
                                .meaning("hypercalls of a hint, or KVM's calls")
                                .lessIsBetter(),
                        Column.number("median").in(unit).of("first touch").lessIsBetter(),
                        Column.number("90 %").in(unit).of("first touch").lessIsBetter(),
                        Column.number("99 %").in(unit).of("first touch").lessIsBetter(),
                        Column.number("longest").in(unit).of("first touch").lessIsBetter(),
                        Column.number("jitter")
                                .in(unit)
                                .meaning("the periodic task's longest activation less its shortest")
                                .lessIsBetter(),
                        Column.number("hint")
                                .in(unit)
                                .of("time")
                                .meaning("of the guest's CPU")
                                .lessIsBetter(),
                        Column.number("beside")
                                .in(unit)
                                .of("time")
                                .meaning(
                                        result.isMeasured()
                                                ? "before the touches"
                                                : "of the host beside the guest, before it runs or"
                                                        + " while it does")
                                .lessIsBetter(),
                        Column.number("all")
                                .in(unit)
                                .of("time")
                                .meaning("hint and touches")
                                .lessIsBetter(),
                        Column.number("wasted")
                                .meaning("backed, and not touched by the program")
                                .lessIsBetter());
        for (Row row : result.rows()) {
            table.row(
                    Cell.text(row.pattern()),
                    Cell.text(row.way()),
                    Cell.optional("%,d", row.violations()),
                    Cell.number("%,d", row.hypercalls()),
                    Cell.number("%,d", row.median()),
                    Cell.number("%,d", row.p90()),
                    Cell.number("%,d", row.p99()),
                    Cell.number("%,d", row.most()),
                    Cell.number("%,d", row.jitter()),
                    Cell.number("%,d", row.hintTime()),
                    Cell.number("%,d", row.besideTime()),
                    Cell.number("%,d", row.allTime()),
                    Cell.bytes(row.wastedBytes()));
        }
        return table;
    }

    private static Table wrong(List<WrongHint> rows) {
        Table table =
                new Table(
                        Column.label("hint"),
                        Column.number("calls"),
                        Column.number("refused").meaning("what was asked for cannot be"),
                        Column.number("capped").meaning("turned away or cut short"),
                        Column.number("backed").of("4K pages").lessIsBetter(),
                        Column.number("cap").of("4K pages").meaning("most that may be backed"),
                        Column.number("wasted").lessIsBetter(),
                        Column.number("spent").in("cycles").of("host").lessIsBetter(),
                        Column.number("cap").in("cycles").of("host"));
        for (WrongHint row : rows) {
            table.row(
                    Cell.text(row.name()),
                    Cell.number("%,d", row.calls()),
                    Cell.number("%,d", row.refused()),
                    Cell.number("%,d", row.capped()),
                    Cell.number("%,d", row.backed()),
                    Cell.number("%,d", row.capPages()),
                    Cell.bytes(row.wastedBytes()),
                    Cell.number("%,d", row.hostCycles()),
                    Cell.number("%,d", row.capCycles()));
        }
        return table;
    }

    /// A histogram for each pattern.
    private static Document charts(PrefetchResult result) {
        Document charts = new Document();
        for (String pattern : result.rows().stream().map(Row::pattern).distinct().toList()) {
            List<Distribution.Part> parts = new ArrayList<>();
            for (Row row : result.rows()) {
                if (row.pattern().equals(pattern)) {
                    parts.add(
                            Distribution.Part.histogram(
                                    row.way(),
                                    row.histogram().stream()
                                            .map(bin ->
                                                    new Distribution.Bin(
                                                            bin.from(),
                                                            2.0 * bin.from(),
                                                            bin.count()))
                                            .toList()));
                }
            }
            charts.distribution(
                    new Distribution(
                            "First touches, " + pattern,
                            Measure.of("first touch").in(result.unit()).lessIsBetter(),
                            Measure.of("touches"),
                            parts));
        }
        return charts;
    }
}
