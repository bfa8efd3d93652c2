package org.nestwalk.lab.labs.largepages;

import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.largepages.LargePagesResult.Combination;

/// What there is to say of [LargePagesResult].
final class LargePagesDocument {
    private LargePagesDocument() {}

    static Document of(LargePagesResult result) {
        return new Document()
                .paragraph(
                        Figures.format(
                                "Large pages in two dimensions, on %s (largest TLB: %,d"
                                        + " {entry|entries}); %s",
                                result.machine(), result.entries(), result.program()))
                .table(table(result))
                .conclusion(LargePagesConclusion.of(result));
    }

    private static Table table(LargePagesResult result) {
        Table table =
                new Table(
                        Column.label("guest/host"),
                        Column.number("cold refs")
                                .meaning("references of a walk that nothing cached shortens")
                                .lessIsBetter(),
                        Column.number("TLB reach")
                                .meaning(
                                        "the largest footprint of so many pages that is touched a"
                                                + " second time without a walk")
                                .moreIsBetter(),
                        Column.number("walks").lessIsBetter(),
                        Column.number("refs/walk").lessIsBetter(),
                        Column.number("splinter fills")
                                .meaning(
                                        "TLB entries of a piece of the guest's page, as an entry"
                                                + " covers what both pages have in common")
                                .lessIsBetter(),
                        Column.number("translation").in("cycles/access").lessIsBetter(),
                        Column.number("exits").lessIsBetter(),
                        Column.number("cycles")
                                .meaning("exits, page faults, zeroing and mapping are among them")
                                .lessIsBetter());
        for (Combination one : result.combinations()) {
            table.row(
                    Cell.text(one.guest() + "/" + one.host()),
                    Cell.number("%.0f", one.coldReferences()),
                    Cell.bytes(one.reachBytes()),
                    Cell.number("%,d", one.walks()),
                    Cell.number("%.2f", one.walkReferences()),
                    Cell.number("%,d", one.splinteredFills()),
                    Cell.number("%.2f", one.translationCycles()),
                    Cell.number("%,d", one.exits()),
                    Cell.number("%,d", one.cycles()));
        }
        return table;
    }
}
