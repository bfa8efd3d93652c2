package org.nestwalk.report.story;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.numa.NumaOptions;
import org.nestwalk.lab.numa.NumaStory.Cell;
import org.nestwalk.lab.numa.NumaStory.Result;
import org.nestwalk.lab.numa.NumaStory.Row;
import org.nestwalk.lab.numa.Placement;
import org.nestwalk.lab.numa.ReplicationCosts;
import org.nestwalk.lab.numa.Tenant;
import org.nestwalk.report.Figures;
import org.nestwalk.report.Paragraph;
import org.nestwalk.report.TextTable;

/// [org.nestwalk.lab.numa.NumaStory] for people.
public final class NumaText {
    private static final String NONE = "-";

    private NumaText() {}

    /// Heading, tables and conclusion.
    ///
    /// @param machine the processor's name
    public static String of(String machine, Result result) {
        NumaOptions options = result.options();
        return Figures.format(
                        "Page tables on NUMA nodes, on %s with %d nodes: remote memory takes %s"
                            + " times as long as local, %s times%nif another tenant loads it; CPU"
                            + " and data on node %d, remote tables on node %d%n%n",
                        machine,
                        options.topology().nodes(),
                        Figures.format("%.2f", options.topology().remote()),
                        Figures.format("%.2f", options.loaded()),
                        options.home(),
                        options.away())
                + tenant(result.tenant())
                + placements(result)
                + largePages(result.largePages())
                + costs(result.costs())
                + NumaConclusion.of(result);
    }

    private static String tenant(Tenant.@Nullable Load load) {
        return load == null
                ? ""
                : Figures.format(
                        "The other tenant: %s on %d CPUs keeps the memory busy for %s of the time;"
                                + " a reference waits %.0f cycles%n%n",
                        load.program(),
                        load.cpus(),
                        Figures.percent(load.utilisation()),
                        load.waitingCycles());
    }

    private static String placements(Result result) {
        List<Row> rows = result.programs();
        TextTable table = new TextTable().numeric();
        List<String> heading = new ArrayList<>(List.of("guest, second level"));
        for (Row row : rows) {
            heading.addAll(List.of(row.name(), "source", "deviation", "remote/walk"));
        }
        table.row(heading.toArray(String[]::new));
        for (Placement placement : Placement.values()) {
            List<String> line = new ArrayList<>(List.of(placement.label()));
            for (Row row : rows) {
                Cell cell = row.cell(placement);
                line.add(Figures.format("%.2f", cell.ratio()));
                line.add(
                        cell.published() == null ? NONE : Figures.format("%.2f", cell.published()));
                line.add(deviation(cell));
                line.add(Figures.format("%.2f", cell.remotePerWalk()));
            }
            table.row(line.toArray(String[]::new));
        }
        String shares =
                rows.stream()
                        .map(row -> row.name() + " " + Figures.percent(row.walkShare()))
                        .collect(Collectors.joining(", "));
        return "Cycles with 4K pages, relative to both tables local (LL); R is remote, I is"
                + " loaded:\n\n"
                + table.text("  ")
                + Figures.format(
                        "%n  Translation's part of cycles, both tables local: %s%n%n", shares)
                + incomparable(result);
    }

    /// Of programs whose tables the last-level cache would hold.
    private static String incomparable(Result result) {
        long cache = result.lastLevelBytes();
        // A leaf entry of 8 bytes in each of two dimensions for every 4 KiB.
        long least = cache / 16 * PageSize.SIZE_4K.bytes();
        StringBuilder text = new StringBuilder();
        for (Row row : result.programs()) {
            if (!row.comparable()) {
                text.append(
                        Paragraph.of(
                                Figures.format(
                                        "%s: leaf entries of both its tables, %s, fit in the"
                                            + " last-level cache, %s, which serves references to"
                                            + " them that memory serves in published runs (%.2f a"
                                            + " walk go to memory here): nothing can be compared."
                                            + " Use a footprint above %s.",
                                        row.name(),
                                        Figures.bytes(row.tableBytes()),
                                        Figures.bytes(cache),
                                        row.cell(Placement.RR).remotePerWalk(),
                                        Figures.bytes(least)),
                                "  "));
            }
        }
        return text.isEmpty() ? "" : text.append('\n').toString();
    }

    private static String deviation(Cell cell) {
        Double deviation = cell.deviation();
        return deviation == null ? NONE : Figures.format("%+.0f %%", 100 * deviation);
    }

    private static String largePages(Row row) {
        Cell cell = row.cell(Placement.RRI);
        String source =
                cell.published() == null ? "" : Figures.format(" (source: %.2f)", cell.published());
        return Figures.format(
                "With 2M pages in both dimensions: %s RRI %.2f%s%n%n",
                row.name(), cell.ratio(), source);
    }

    private static String costs(List<ReplicationCosts.Row> rows) {
        TextTable table = new TextTable().numeric();
        table.row("a page", "entries", "copied", "cycles, 1 copy", "4 copies", "source", "times");
        for (ReplicationCosts.Row row : rows) {
            table.row(
                    row.operation(),
                    Figures.format("%.2f", row.entries()),
                    Figures.format("%.2f", row.copiedEntries()),
                    Figures.format("%,.0f", row.cyclesAlone()),
                    Figures.format("%,.0f", row.cycles()),
                    Figures.format("%,.0f", row.published()),
                    Figures.format("%.2f", row.ratio()));
        }
        return Figures.format(
                        "What %d copies of the tables cost when they change, %,d pages; one copy is"
                                + " the source's:%n%n",
                        ReplicationCosts.COPIES, ReplicationCosts.PAGES)
                + table.text("  ")
                + "\n";
    }
}
