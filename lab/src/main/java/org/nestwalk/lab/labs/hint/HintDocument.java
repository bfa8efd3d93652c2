package org.nestwalk.lab.labs.hint;

import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.hint.HintResult.Way;

/// What there is to say of [HintResult].
final class HintDocument {
    private static final String NOTES =
            """
            The guest uses 2M pages throughout. khugepaged wakes up every 10 s to scan 16 MiB, as in
            Linux.
            """;

    private HintDocument() {}

    static Document of(HintResult result) {
        return new Document()
                .paragraph(
                        Figures.format(
                                "A hint for large pages, on %s; %s; host memory fragmented %s",
                                result.machine(), result.program(), result.fragmentation()))
                .table(table(result))
                .paragraph(NOTES)
                .conclusion(HintConclusion.of(result));
    }

    private static Table table(HintResult result) {
        Table table =
                new Table(
                        Column.label("way"),
                        Column.number("2M on 2M")
                                .meaning(
                                        "share of the guest's 2M pages that are backed by 2M pages"
                                                + " at the end")
                                .moreIsBetter(),
                        Column.number("95 % after")
                                .meaning("when that share was 95 %, in simulated time")
                                .lessIsBetter(),
                        Column.number("refs/walk").lessIsBetter(),
                        Column.number("translation").in("cycles/access").lessIsBetter(),
                        Column.number("pages moved").lessIsBetter(),
                        Column.number("moving")
                                .of("cycles")
                                .meaning(
                                        "the copies and shootdowns of making room and of collapsing"
                                                + " pages, a part of all cycles")
                                .lessIsBetter(),
                        Column.number("all").of("cycles").lessIsBetter(),
                        Column.number("times").of("cycles").lessIsBetter());
        long base = result.ways().getFirst().cycles();
        for (Way way : result.ways()) {
            table.row(
                    Cell.text(way.name()),
                    Cell.percent(way.share()),
                    way.backedAfter() < 0 ? Cell.no("never") : Cell.time(way.backedAfter()),
                    Cell.number("%.2f", way.walkReferences()),
                    Cell.number("%.2f", way.translationCycles()),
                    Cell.number("%,d", way.pagesMoved()),
                    Cell.number("%,d", way.movingCycles()),
                    Cell.number("%,d", way.cycles()),
                    Cell.number("%.2fx", (double) way.cycles() / base));
        }
        return table;
    }
}
