package org.nestwalk.report.story;

import java.util.List;
import org.nestwalk.lab.vm.HintStory.Way;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.report.Figures;
import org.nestwalk.report.document.Column;
import org.nestwalk.report.document.Document;
import org.nestwalk.report.document.Table;

/// [org.nestwalk.lab.vm.HintStory] for people.
public final class HintText {
    private static final String NOTES =
            """
            2M on 2M: share of the guest's 2M pages that are backed by 2M pages at the end; after how long
            in simulated time it was 95 %. The guest uses 2M pages throughout. Moving cycles, the copies
            and shootdowns of making room and of collapsing pages, are part of all cycles. khugepaged
            wakes up every 10 s to scan 16 MiB, as in Linux.
            """;

    private HintText() {}

    /// Heading, table and explanation.
    ///
    /// @param machine the processor's name
    public static Document of(String machine, VmOptions options, List<Way> ways) {
        Table table =
                new Table(
                        Column.label("way"),
                        Column.number("2M on 2M"),
                        Column.number("95 % after"),
                        Column.number("refs/walk"),
                        Column.number("translation").in("cycles/access"),
                        Column.number("pages moved"),
                        Column.number("moving").of("cycles"),
                        Column.number("all").of("cycles"),
                        Column.number("times").of("cycles"));
        long base = ways.getFirst().cycles();
        for (Way way : ways) {
            table.row(
                    way.name(),
                    Figures.percent(way.share()),
                    way.backedAfter() < 0 ? "never" : Figures.time(way.backedAfter()),
                    Figures.format("%.2f", way.walkReferences()),
                    Figures.format("%.2f", way.translationCycles()),
                    Figures.format("%,d", way.pagesMoved()),
                    Figures.format("%,d", way.movingCycles()),
                    Figures.format("%,d", way.cycles()),
                    Figures.format("%.2fx", (double) way.cycles() / base));
        }
        return new Document()
                .paragraph(
                        Figures.format(
                                "A hint for large pages, on %s; %s; host memory fragmented %s",
                                machine,
                                String.join(", ", options.programs()),
                                options.fragmentation().spec()))
                .table(table)
                .paragraph(NOTES)
                .paragraph(HintConclusion.of(ways));
    }
}
