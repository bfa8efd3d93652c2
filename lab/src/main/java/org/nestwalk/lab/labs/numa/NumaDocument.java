package org.nestwalk.lab.labs.numa;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.numa.NumaResult.Placed;
import org.nestwalk.lab.labs.numa.NumaResult.Row;

/// What there is to say of [NumaResult].
final class NumaDocument {
    private static final String DEVIATION = "%+.0f %%";

    private NumaDocument() {}

    static Document of(NumaResult result) {
        NumaOptions options = result.options();
        Document document = new Document();
        document.paragraph(
                Figures.format(
                        "Page tables on NUMA nodes, on %s with %d node{s}: remote memory takes %.2f"
                            + " times as long as local, %.2f times if another tenant loads it; CPU"
                            + " and data on node %d, remote tables on node %d",
                        result.machine(),
                        options.topology().nodes(),
                        options.topology().remote(),
                        options.loaded(),
                        options.home(),
                        options.away()));
        document.paragraph(tenant(result.tenant()));
        if (!result.programs().isEmpty()) {
            placements(document, result);
            shares(document, result);
            incomparable(document, result);
        }
        document.paragraph(largePages(result.largePages()));
        costs(document, result.costs());
        return document.conclusion(NumaConclusion.of(result));
    }

    private static String tenant(Tenant.@Nullable Load load) {
        return load == null
                ? ""
                : Figures.format(
                        "The other tenant: %s on %d CPU{s} keeps the memory busy for %s of the"
                                + " time; a reference waits %.0f cycles",
                        load.program(),
                        load.cpus(),
                        Figures.percent(load.utilisation()),
                        load.waitingCycles());
    }

    private static void placements(Document document, NumaResult result) {
        List<Column> columns = new ArrayList<>();
        columns.add(
                Column.label("guest, second level")
                        .meaning(
                                "where the tables are: L is local, R remote, I remote and loaded"));
        for (Row row : result.programs()) {
            columns.add(
                    Column.number("cycles")
                            .of(row.name())
                            .meaning("relative to both tables local (LL)")
                            .lessIsBetter());
            columns.add(Column.number("source").of(row.name()).meaning("the same, published"));
            columns.add(
                    Column.number("deviation").of(row.name()).meaning("of ours from the source's"));
            columns.add(
                    Column.number("remote/walk")
                            .of(row.name())
                            .meaning("references to tables that remote memory serves")
                            .lessIsBetter());
        }
        Table table = new Table(columns);
        for (Placement placement : Placement.values()) {
            List<Cell> line = new ArrayList<>(List.of(Cell.text(placement.label())));
            for (Row row : result.programs()) {
                Placed placed = row.at(placement);
                line.add(Cell.number("%.2f", placed.ratio()));
                line.add(Cell.optional("%.2f", placed.published()));
                line.add(deviation(placed.deviation()));
                line.add(Cell.number("%.2f", placed.remotePerWalk()));
            }
            table.cells(line);
        }
        document.paragraph("Cycles with 4K pages:");
        document.table(table);
        document.pictures(ratios(result));
    }

    /// Ours beside the published ones, for each program.
    private static Document ratios(NumaResult result) {
        Document charts = new Document();
        for (Row row : result.programs()) {
            charts.bars(
                    new Bars(
                            "cycles of " + row.name(),
                            Measure.of("cycles").in("of those of LL").lessIsBetter(),
                            Measure.of("tables of guest and second level"),
                            List.of(Bars.Part.of("here"), Bars.Part.of("published")),
                            Stream.of(Placement.values())
                                    .map(placement -> bar(placement, row.at(placement)))
                                    .toList(),
                            Bars.Form.GROUPED));
        }
        return charts;
    }

    private static Bars.Row bar(Placement placement, Placed placed) {
        return new Bars.Row(
                placement.label(),
                List.of(
                        Cell.number("%.2f", placed.ratio()),
                        Cell.optional("%.2f", placed.published())));
    }

    private static Cell deviation(@Nullable Double part) {
        return part == null ? Cell.none() : new Cell(Figures.format(DEVIATION, 100 * part), part);
    }

    private static void shares(Document document, NumaResult result) {
        Table table =
                new Table(
                        Column.label("program"),
                        Column.number("translation")
                                .meaning("its part of cycles, both tables local")
                                .lessIsBetter(),
                        Column.number("published").meaning("the same in a source, natively"),
                        Column.number("more").in("points").meaning("ours than the source's"));
        for (Row row : result.programs()) {
            Double published = row.publishedWalkShare();
            table.row(
                    Cell.text(row.name()),
                    Cell.percent(row.walkShare()),
                    published == null ? Cell.none() : Cell.percent(published),
                    published == null
                            ? Cell.none()
                            : Cell.number("%+.0f", 100 * (row.walkShare() - published)));
        }
        document.table(table);
    }

    /// Of programs whose tables the last-level cache would hold.
    private static void incomparable(Document document, NumaResult result) {
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
                                row.at(Placement.RR).remotePerWalk(),
                                Figures.bytes(least)));
            }
        }
    }

    private static String largePages(@Nullable Row row) {
        if (row == null) {
            return "";
        }
        Placed placed = row.at(Placement.RRI);
        String source =
                placed.published() == null
                        ? ""
                        : Figures.format(" (source: %.2f)", placed.published());
        return Figures.format(
                "With 2M pages in both dimensions: %s RRI %.2f%s",
                row.name(), placed.ratio(), source);
    }

    private static void costs(Document document, List<ReplicationCosts.Row> rows) {
        Table table =
                new Table(
                        Column.label("a page"),
                        Column.number("entries").meaning("of the first copy written"),
                        Column.number("copied")
                                .meaning("entries of the other copies written")
                                .lessIsBetter(),
                        Column.number("1 copy").of("cycles").meaning("the source's"),
                        Column.number(ReplicationCosts.COPIES + " copies")
                                .of("cycles")
                                .lessIsBetter(),
                        Column.number("source").of("cycles").meaning("the same, published"),
                        Column.number("times")
                                .meaning("as long with the copies as without")
                                .lessIsBetter());
        for (ReplicationCosts.Row row : rows) {
            table.row(
                    Cell.text(row.operation()),
                    Cell.number("%.2f", row.entries()),
                    Cell.number("%.2f", row.copiedEntries()),
                    Cell.number("%,.0f", row.cyclesAlone()),
                    Cell.number("%,.0f", row.cycles()),
                    Cell.number("%,.0f", row.published()),
                    Cell.number("%.2f", row.ratio()));
        }
        document.paragraph(
                Figures.format(
                        "What %d {copy|copies} of the tables cost when they change, %,d page{s}:",
                        ReplicationCosts.COPIES, ReplicationCosts.PAGES));
        document.table(table);
    }
}
