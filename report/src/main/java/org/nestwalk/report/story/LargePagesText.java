package org.nestwalk.report.story;

import java.util.List;
import org.nestwalk.lab.vm.LargePagesStory.Cell;
import org.nestwalk.report.Figures;
import org.nestwalk.report.TextTable;

/// [org.nestwalk.lab.vm.LargePagesStory] for people.
public final class LargePagesText {
    private LargePagesText() {}

    /// Heading, table and explanation.
    ///
    /// @param machine the processor's name
    /// @param program what ran
    public static String of(String machine, String program, List<Cell> cells) {
        TextTable table = new TextTable().numeric();
        table.row(
                "guest/host",
                "cold refs",
                "TLB reach",
                "walks",
                "refs/walk",
                "splinter fills",
                "transl. cyc/acc",
                "exits",
                "cycles");
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
        return Figures.format(
                        "Large pages in two dimensions, on %s (largest TLB: %,d entries); %s%n%n",
                        machine, cells.getFirst().reachEntries(), program)
                + table.text("  ")
                + """

                cold refs: references of a walk that nothing cached shortens. TLB reach: the largest
                footprint of so many pages that is touched a second time without a walk. A TLB entry
                covers what both pages have in common; splinter fills are those of a piece of the
                guest's page. Cycles include exits, page faults, zeroing and mapping.

                """
                + LargePagesConclusion.of(cells);
    }
}
