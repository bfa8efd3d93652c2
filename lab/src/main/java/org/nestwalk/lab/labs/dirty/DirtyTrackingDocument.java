package org.nestwalk.lab.labs.dirty;

import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Case;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Row;

/// What there is to say of [DirtyTrackingResult].
final class DirtyTrackingDocument {
    private DirtyTrackingDocument() {}

    static Document of(DirtyTrackingResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "Tracking written pages on %s; %,d interval{s} of %,d"
                                                + " access{es}, each ended by a collection",
                                        result.isMeasured()
                                                ? "this host's KVM"
                                                : String.valueOf(result.machine()),
                                        result.intervals(),
                                        result.accesses()));
        if (result.missing() != null) {
            document.lines(result.missing());
        }
        return document.table(table(result)).conclusion(DirtyTrackingConclusion.of(result));
    }

    private static Table table(DirtyTrackingResult result) {
        String unit = result.unit();
        Table table =
                new Table(
                        Column.label("guest").meaning("working set, part of stores, pages"),
                        Column.label("splitting").meaning("of large pages while they are tracked"),
                        Column.label("tracked by"),
                        Column.number("written")
                                .of("4K pages")
                                .meaning("data pages that the guest wrote, once an interval"),
                        Column.number("reported").of("4K pages").lessIsBetter(),
                        Column.number("all").of("exits").lessIsBetter(),
                        Column.number("full").of("exits").lessIsBetter(),
                        Column.number("a page")
                                .in(unit)
                                .of("cost")
                                .meaning(
                                        result.isMeasured()
                                                ? "collections, for each page written"
                                                : "exits and collections, for each page written")
                                .lessIsBetter(),
                        Column.number("in the guest")
                                .in(unit)
                                .of("cost")
                                .meaning(
                                        "by how much the guest took longer than untracked, exits"
                                                + " and more misses of TLBs, for each page written")
                                .lessIsBetter(),
                        Column.number("collection").in(unit).of("cost").lessIsBetter(),
                        Column.number("begin").in(unit).of("cost").lessIsBetter(),
                        Column.number("slowdown")
                                .meaning("against the same guest untracked")
                                .lessIsBetter(),
                        Column.number("rewrites")
                                .of("exits")
                                .meaning("of an interval repeated with nothing collected between")
                                .lessIsBetter());
        for (Row row : result.rows()) {
            table.row(
                    Cell.text(name(row.guest())),
                    Cell.text(row.splitting()),
                    Cell.text(row.source()),
                    Cell.number("%,d", row.written()),
                    Cell.number("%,d", row.reported()),
                    Cell.number("%,d", row.exits()),
                    Cell.number("%,d", row.logFullExits()),
                    Cell.number("%,.1f", row.timePerPage()),
                    Cell.number("%,.1f", row.extraTimePerPage()),
                    Cell.number("%,d", row.collectTime() / result.intervals()),
                    Cell.number("%,d", row.beginTime()),
                    Cell.percent(row.slowdown()),
                    Cell.number("%,d", row.rewriteExits()));
        }
        return table;
    }

    static String name(Case guest) {
        return Figures.format(
                "%s %s %s",
                Figures.bytes(guest.workingSet()), Figures.percent(guest.writes()), guest.pages());
    }
}
