package org.nestwalk.report.story;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.numa.NumaOptions;
import org.nestwalk.lab.numa.NumaStory.Cell;
import org.nestwalk.lab.numa.NumaStory.Result;
import org.nestwalk.lab.numa.NumaStory.Row;
import org.nestwalk.lab.numa.Placement;
import org.nestwalk.lab.numa.ReplicationCosts;
import org.nestwalk.lab.numa.Tenant;

/// [org.nestwalk.lab.numa.NumaStory] for people.
public final class NumaText {
    private static final String NONE = "-";

    private NumaText() {}

    /// Heading, tables and conclusion.
    ///
    /// @param machine the processor's name
    public static Document of(String machine, Result result) {
        NumaOptions options = result.options();
        Document document = new Document();
        document.paragraph(
                Figures.format(
                        "Page tables on NUMA nodes, on %s with %d nodes: remote memory takes %s"
                            + " times as long as local, %s times if another tenant loads it; CPU"
                            + " and data on node %d, remote tables on node %d",
                        machine,
                        options.topology().nodes(),
                        Figures.format("%.2f", options.topology().remote()),
                        Figures.format("%.2f", options.loaded()),
                        options.home(),
                        options.away()));
        document.paragraph(tenant(result.tenant()));
        placements(document, result);
        document.paragraph(largePages(result.largePages()));
        costs(document, result.costs());
        return document.conclusion(NumaConclusion.of(result));
    }

    private static String tenant(Tenant.@Nullable Load load) {
        return load == null
                ? ""
                : Figures.format(
                        "The other tenant: %s on %d CPUs keeps the memory busy for %s of the time;"
                                + " a reference waits %.0f cycles",
                        load.program(),
                        load.cpus(),
                        Figures.percent(load.utilisation()),
                        load.waitingCycles());
    }

    private static void placements(Document document, Result result) {
        List<Row> rows = result.programs();
        List<Column> columns = new ArrayList<>(List.of(Column.label("guest, second level")));
        for (Row row : rows) {
            for (String name : List.of("cycles", "source", "deviation", "remote/walk")) {
                columns.add(Column.number(name).of(row.name()));
            }
        }
        Table table = new Table(columns);
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
            table.row(line);
        }
        String shares =
                rows.stream()
                        .map(row -> row.name() + " " + Figures.percent(row.walkShare()))
                        .collect(Collectors.joining(", "));
        document.paragraph(
                "Cycles with 4K pages, relative to both tables local (LL); R is remote, I is"
                        + " loaded:");
        document.table(table);
        document.paragraph("Translation's part of cycles, both tables local: " + shares);
        incomparable(document, result);
    }

    /// Of programs whose tables the last-level cache would hold.
    private static void incomparable(Document document, Result result) {
        long cache = result.lastLevelBytes();
        // A leaf entry of 8 bytes in each of two dimensions for every 4 KiB.
        long least = cache / 16 * PageSize.SIZE_4K.bytes();
        for (Row row : result.programs()) {
            if (!row.comparable()) {
                document.paragraph(
                        Figures.format(
                                "%s: leaf entries of both its tables, %s, fit in the last-level"
                                        + " cache, %s, which serves references to them that memory"
                                        + " serves in published runs (%.2f a walk go to memory"
                                        + " here): nothing can be compared. Use a footprint above"
                                        + " %s.",
                                row.name(),
                                Figures.bytes(row.tableBytes()),
                                Figures.bytes(cache),
                                row.cell(Placement.RR).remotePerWalk(),
                                Figures.bytes(least)));
            }
        }
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
                "With 2M pages in both dimensions: %s RRI %.2f%s",
                row.name(), cell.ratio(), source);
    }

    private static void costs(Document document, List<ReplicationCosts.Row> rows) {
        Table table =
                new Table(
                        Column.label("a page"),
                        Column.number("entries"),
                        Column.number("copied"),
                        Column.number("1 copy").of("cycles"),
                        Column.number("4 copies").of("cycles"),
                        Column.number("source").of("cycles"),
                        Column.number("times"));
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
        document.paragraph(
                Figures.format(
                        "What %d copies of the tables cost when they change, %,d pages; one copy is"
                                + " the source's:",
                        ReplicationCosts.COPIES, ReplicationCosts.PAGES));
        document.table(table);
    }
}
