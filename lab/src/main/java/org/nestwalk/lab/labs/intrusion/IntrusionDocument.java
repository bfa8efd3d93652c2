package org.nestwalk.lab.labs.intrusion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Cost;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Delay;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Rate;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Rewrite;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Row;
import org.nestwalk.lab.statistics.RocChart;

/// What there is to say of [IntrusionResult].
final class IntrusionDocument {
    private IntrusionDocument() {}

    static Document of(IntrusionResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "Finding intruders by %s, every %s; trained on %s,"
                                                + " tested on %s",
                                        result.machine() == null
                                                ? result.source()
                                                : "the "
                                                        + result.source()
                                                        + " of "
                                                        + result.machine(),
                                        Figures.time(result.period()),
                                        String.join(", ", result.train()),
                                        String.join(", ", result.test())))
                        .table(attacks(result))
                        .pictures(curves(result));
        if (!result.rates().isEmpty()) {
            document.heading("Clean runs").table(rates(result));
        }
        if (!result.costs().isEmpty()) {
            document.heading("What looking costs a guest that is busy all the time")
                    .table(costs(result))
                    .heading("Stores to a page that is dirty already")
                    .table(rewrites(result));
        }
        return document.conclusion(IntrusionConclusion.of(result));
    }

    private static Table attacks(IntrusionResult result) {
        Table table =
                new Table(
                        Column.label("attack"),
                        Column.label("detector"),
                        Column.number("attacks"),
                        Column.number("AUC")
                                .meaning(
                                        "chance that an attack scores above a clean window, and its"
                                                + " standard error")
                                .moreIsBetter(),
                        Column.number("+-"),
                        Column.number("found")
                                .meaning("attacks above the highest score in training")
                                .moreIsBetter(),
                        Column.number("median").of("delay").lessIsBetter(),
                        Column.number("from")
                                .of("delay")
                                .meaning("95 % interval of the median, if more than five are found")
                                .lessIsBetter(),
                        Column.number("to").of("delay").lessIsBetter(),
                        Column.number("95 %").of("delay").lessIsBetter());
        for (Row row : result.rows()) {
            Delay delay = row.delay();
            table.row(
                    Cell.text(row.attack()),
                    Cell.text(row.detector()),
                    Cell.number("%,d", row.attacks()),
                    Cell.number("%.3f", row.area()),
                    Cell.number("%.3f", row.error()),
                    Cell.number("%,d", row.found()),
                    time(delay == null ? null : delay.median()),
                    time(delay == null ? null : delay.least()),
                    time(delay == null ? null : delay.most()),
                    time(delay == null ? null : delay.within()));
        }
        return table;
    }

    /// For each attack, a curve of each detector.
    private static Document curves(IntrusionResult result) {
        Map<String, List<Series.Line>> attacks = new LinkedHashMap<>();
        for (Row row : result.rows()) {
            attacks.computeIfAbsent(row.attack(), _ -> new ArrayList<>())
                    .add(
                            RocChart.line(
                                    row.detector(),
                                    row.curve(),
                                    IntrusionResult.Point::falsely,
                                    IntrusionResult.Point::found));
        }
        Document charts = new Document();
        attacks.forEach((attack, lines) -> charts.series(RocChart.of("ROC of " + attack, lines)));
        return charts;
    }

    private static Cell time(@Nullable Long nanoseconds) {
        return nanoseconds == null ? Cell.none() : Cell.time(nanoseconds);
    }

    private static Table rates(IntrusionResult result) {
        Table table =
                new Table(
                        Column.label("detector"),
                        Column.number("threshold").meaning("the highest score in training"),
                        Column.number("false alarms").lessIsBetter(),
                        Column.number("an hour").of("of virtual time").lessIsBetter(),
                        Column.number("at most")
                                .of("of virtual time")
                                .meaning("upper end of the 95 % interval (Poisson)")
                                .lessIsBetter());
        for (Rate rate : result.rates()) {
            table.row(
                    Cell.text(rate.detector()),
                    Cell.number("%.2f", rate.threshold()),
                    Cell.number("%,d", rate.alarms()),
                    Cell.number("%,.0f", rate.anHour()),
                    Cell.number("%,.0f", rate.mostAnHour()));
        }
        return table;
    }

    private static Table costs(IntrusionResult result) {
        Table table =
                new Table(
                        Column.label("by"),
                        Column.number("every"),
                        Column.number("exits").lessIsBetter(),
                        Column.number("slowdown").lessIsBetter());
        for (Cost cost : result.costs()) {
            table.row(
                    Cell.text(cost.way()),
                    Cell.time(cost.period()),
                    Cell.number("%,d", cost.exits()),
                    Cell.number("%.3fx", cost.slowdown()));
        }
        return table;
    }

    private static Table rewrites(IntrusionResult result) {
        Table table =
                new Table(
                        Column.label("by"),
                        Column.number("every"),
                        Column.number("stores"),
                        Column.number("samples"),
                        Column.number("with the page").moreIsBetter());
        for (Rewrite one : result.rewrites()) {
            table.row(
                    Cell.text(one.way()),
                    Cell.time(one.period()),
                    Cell.number("%,d", one.stores()),
                    Cell.number("%,d", one.samples()),
                    Cell.number("%,d", one.seen()));
        }
        return table;
    }
}
