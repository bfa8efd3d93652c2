package org.nestwalk.report.story;

import java.util.List;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.vm.LargePagesStory.Cell;

/// [org.nestwalk.lab.vm.LargePagesStory] for people.
public final class LargePagesText {
    private static final String NOTES =
            """
            cold refs: references of a walk that nothing cached shortens. TLB reach: the largest footprint
            of so many pages that is touched a second time without a walk. A TLB entry covers what both
            pages have in common; splinter fills are those of a piece of the guest's page. Cycles include
            exits, page faults, zeroing and mapping.
            """;

    private LargePagesText() {}

    /// Heading, table and explanation.
    ///
    /// @param machine the processor's name
    /// @param program what ran
    public static Document of(String machine, String program, List<Cell> cells) {
        Table table =
                new Table(
                        Column.label("guest/host"),
                        Column.number("cold refs"),
                        Column.number("TLB reach"),
                        Column.number("walks"),
                        Column.number("refs/walk"),
                        Column.number("splinter fills"),
                        Column.number("translation").in("cycles/access"),
                        Column.number("exits"),
                        Column.number("cycles"));
        for (Cell cell : cells) {
            table.row(
                    cell.guest() + "/" + cell.host(),
                    Figures.format("%.0f", cell.coldReferences()),
                    Figures.bytes(cell.reachBytes()),
                    Figures.format("%,d", cell.walks()),
                    Figures.format("%.2f", cell.walkReferences()),
                    Figures.format("%,d", cell.splinteredFills()),
                    Figures.format("%.2f", cell.translationCycles()),
                    Figures.format("%,d", cell.exits()),
                    Figures.format("%,d", cell.cycles()));
        }
        return new Document()
                .paragraph(
                        Figures.format(
                                "Large pages in two dimensions, on %s (largest TLB: %,d entries);"
                                        + " %s",
                                machine, cells.getFirst().reachEntries(), program))
                .table(table)
                .paragraph(NOTES)
                .conclusion(LargePagesConclusion.of(cells));
    }
}
