package org.nestwalk.lab.labs.restore;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.restore.RestoreComparison.Way;
import org.nestwalk.lab.snapshot.FaultCharts;
import org.nestwalk.lab.snapshot.FaultTail;

/// What there is to say of [RestoreComparison].
final class RestoreDocument {
    private RestoreDocument() {}

    static Document of(RestoreComparison result) {
        Map<String, FaultTail> tails = new LinkedHashMap<>();
        result.ways().forEach(way -> tails.put(way.way(), way.tail()));
        return new Document()
                .paragraph(
                        Figures.format(
                                "%s on %s, saved after %,d access{es}; a clone of it %s",
                                result.program(),
                                result.machine(),
                                result.after(),
                                result.diverge().equals("none")
                                        ? "goes on as it would"
                                        : "begins it anew, with a seed of its own"))
                .paragraph(
                        Figures.format(
                                        "The snapshot has %,d page{s} in %s. The first of %,d"
                                                + " clone{s} needed",
                                        result.pages(),
                                        Figures.bytes(result.fileBytes()),
                                        result.clones())
                                + Figures.format(
                                        " %,d page{s}, which are the recorded set; the last needs"
                                                + " %,d, of which %,d {is|are} in it.",
                                        result.recordedPages(),
                                        result.neededPages(),
                                        result.recordedAndNeeded()))
                .table(times(result))
                .table(loading(result))
                .series(FaultCharts.overTime(tails))
                .distribution(FaultCharts.waits(tails))
                .conclusion(RestoreConclusion.of(result));
    }

    private static Table times(RestoreComparison result) {
        Table table =
                new Table(
                        Column.label("way"),
                        Column.number("first").of("time to accesses").lessIsBetter(),
                        Column.number("90 %").of("time to accesses").lessIsBetter(),
                        Column.number("all").of("time to accesses").lessIsBetter(),
                        Column.number("last fault")
                                .meaning("the end of the twentieth of the time that it is in")
                                .lessIsBetter(),
                        Column.text("verified").meaning("against plain execution"));
        for (Way way : result.ways()) {
            table.row(
                    Cell.text(way.way()),
                    Cell.time(way.nanosToFirst()),
                    Cell.time(way.nanosTo90()),
                    Cell.time(way.nanosToEnd()),
                    way.faults() == 0 ? Cell.none() : Cell.time(way.tail().lastNanos()),
                    Cell.text(
                            way.failure() != null ? way.failure() : way.verified() ? "yes" : "NO"));
        }
        return table;
    }

    private static Table loading(RestoreComparison result) {
        Table table =
                new Table(
                        Column.label("way"),
                        Column.number("faults")
                                .meaning("accesses that waited for memory to be loaded")
                                .lessIsBetter(),
                        Column.number("ahead").of("pages loaded"),
                        Column.number("by faults").of("pages loaded"),
                        Column.number("beside").of("pages loaded"),
                        Column.number("read").meaning("from storage").lessIsBetter());
        for (Way way : result.ways()) {
            table.row(
                    Cell.text(way.way()),
                    Cell.number("%,d", way.faults()),
                    Cell.number("%,d", way.aheadPages()),
                    Cell.number("%,d", way.faultPages()),
                    Cell.number("%,d", way.besidePages()),
                    Cell.bytes(way.bytesRead()));
        }
        return table;
    }
}
