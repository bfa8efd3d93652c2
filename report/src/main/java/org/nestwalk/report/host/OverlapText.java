package org.nestwalk.report.host;

import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.kvm.measure.Estimate;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.lab.calibrate.Overlap;

/// How much a host has under way at once, as a document.
final class OverlapText {
    private OverlapText() {}

    static Document of(Overlap overlap) {
        Table table =
                new Table(
                        Column.label("random loads"),
                        Column.text("data"),
                        Column.number("dependent").in("ns/load"),
                        Column.number("independent").in("ns/load"),
                        Column.number("times"),
                        Column.number("least"),
                        Column.number("most"));
        for (Overlap.Row row : overlap.rows()) {
            table.row(
                    Cell.text(
                            (row.place() == Place.NATIVE ? "natively, " : "in a guest, ")
                                    + row.pages().label()),
                    Cell.bytes(row.bytes()),
                    Cell.number("%.1f", row.dependent().value()),
                    Cell.number("%.1f", row.independent().value()),
                    Cell.number("%.1f", row.ratio().value()),
                    Cell.number("%.1f", row.ratio().least()),
                    Cell.number("%.1f", row.ratio().most()));
        }
        return new Document()
                .table(table)
                .paragraph(
                        Figures.format(
                                "Under way at once: %s misses, %s, and %s accesses of 32"
                                    + " instructions each, which take %s cycles if they wait for"
                                    + " nothing.",
                                text(overlap.misses()),
                                walks(overlap),
                                text(overlap.window()),
                                text(overlap.issueCycles())));
    }

    private static String walks(Overlap overlap) {
        return overlap.tellsWalkers()
                ? text(overlap.walkers()) + " walks"
                : "walks not to be told (they cost loads of this footprint too little)";
    }

    private static String text(Estimate estimate) {
        return Figures.format(
                "%.1f (%.1f to %.1f)", estimate.value(), estimate.least(), estimate.most());
    }
}
