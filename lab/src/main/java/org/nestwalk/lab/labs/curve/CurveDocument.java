package org.nestwalk.lab.labs.curve;

import static org.nestwalk.document.Figures.format;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.curve.CurveResult.Marked;
import org.nestwalk.lab.labs.curve.CurveResult.Point;
import org.nestwalk.lab.labs.curve.CurveResult.SetupCurve;
import org.nestwalk.lab.labs.curve.CurveResult.Simulated;

/// What there is to say of [CurveResult].
final class CurveDocument {
    static final String MISSES = "misses/1000";
    private static final String CYCLES = "translation, cycles/access";
    private static final String ENTRIES = "entries";
    private static final int MOST_WAYS_SHOWN = 32;
    private static final String NOTES =
            """
            misses/1000: misses of second-level TLBs per thousand accesses, each of which is a walk.
            translation: cycles of hits of the second level and of walks, estimated by the length
            of a walk on the machine as it is.
            """;

    private final CurveResult result;

    private CurveDocument(CurveResult result) {
        this.result = result;
    }

    static Document of(CurveResult result) {
        CurveDocument made = new CurveDocument(result);
        Document document =
                new Document()
                        .paragraph(made.heading())
                        .lines(result.warnings())
                        .heading("Fully associative")
                        .table(made.bySize())
                        .paragraph(NOTES);
        if (!result.sampled()) {
            for (List<SetupCurve> alike : CurveFigures.alike(result)) {
                document.heading(
                                format(
                                        "%s by number of ways, under %s",
                                        MISSES, CurveFigures.names(alike)))
                        .table(made.byWays(alike.getFirst()));
            }
        }
        return document.heading("TLBs of real machines behind this first level, " + MISSES)
                .table(made.machines())
                .heading("Sizes that were simulated")
                .table(made.simulated())
                .heading("Why: how soon pages come again")
                .table(made.reuses())
                .table(made.workingSets())
                .pictures(CurveCharts.of(result))
                .conclusion(CurveConclusion.of(result));
    }

    private String heading() {
        CurveResult.Tlb tlb = result.tlb();
        return format(
                "Second-level TLBs of every size, on %s; %s: %,d access{es}. Varied is %s, which"
                        + " holds %s pages in %,d entr{y|ies} of %,d way{s}",
                result.machine(),
                result.workload(),
                result.accesses(),
                tlb.name(),
                String.join(", ", tlb.sizes()),
                tlb.entries(),
                tlb.ways());
    }

    private Cell perThousand(long misses) {
        return Cell.number("%.2f", 1e3 * misses / result.accesses());
    }

    private Cell cycles(long cycles) {
        return Cell.number("%.2f", (double) cycles / result.accesses());
    }

    private Table bySize() {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label(ENTRIES));
        result.setups()
                .forEach(setup ->
                        columns.add(Column.number(setup.setup()).of(MISSES).lessIsBetter()));
        result.setups()
                .forEach(setup ->
                        columns.add(Column.number(setup.setup()).of(CYCLES).lessIsBetter()));
        Table table = new Table(columns);
        List<Point> sizes = result.setups().getFirst().full();
        for (int i = 0; i < sizes.size(); i++) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.number("%,d", sizes.get(i).entries()));
            for (SetupCurve setup : result.setups()) {
                cells.add(perThousand(setup.full().get(i).misses()));
            }
            for (SetupCurve setup : result.setups()) {
                cells.add(cycles(setup.full().get(i).cycles()));
            }
            table.cells(cells);
        }
        return table;
    }

    private Table byWays(SetupCurve setup) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label(ENTRIES));
        for (int ways = 1; ways <= MOST_WAYS_SHOWN; ways *= 2) {
            columns.add(Column.number(Integer.toString(ways)).of("ways").lessIsBetter());
        }
        columns.add(Column.number("all").of("ways").lessIsBetter());
        Table table = new Table(columns);
        for (Point full : setup.full()) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.number("%,d", full.entries()));
            for (int ways = 1; ways <= MOST_WAYS_SHOWN; ways *= 2) {
                cells.add(misses(setup, full.entries(), ways));
            }
            cells.add(perThousand(full.misses()));
            table.cells(cells);
        }
        return table;
    }

    private Cell misses(SetupCurve setup, int entries, int ways) {
        return setup.points().stream()
                .filter(point -> point.entries() == entries && point.ways() == ways)
                .findFirst()
                .map(point -> perThousand(point.misses()))
                .orElse(Cell.none());
    }

    private Table machines() {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("machines"));
        columns.add(Column.number(ENTRIES));
        columns.add(Column.number("ways"));
        result.setups().forEach(setup -> columns.add(Column.number(setup.setup()).lessIsBetter()));
        Table table = new Table(columns);
        List<Marked> marked = result.setups().getFirst().machines();
        for (int i = 0; i < marked.size(); i++) {
            Point at = marked.get(i).point();
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.text(String.join(", ", marked.get(i).machines())));
            cells.add(Cell.number("%,d", at.entries()));
            cells.add(ways(at.entries(), at.ways()));
            for (SetupCurve setup : result.setups()) {
                cells.add(perThousand(setup.machines().get(i).point().misses()));
            }
            table.cells(cells);
        }
        return table;
    }

    private static Cell ways(int entries, int ways) {
        return ways == entries ? new Cell("all", ways) : Cell.number("%,d", ways);
    }

    private Table simulated() {
        Table table =
                new Table(
                        Column.label("setup"),
                        Column.number(ENTRIES),
                        Column.number("ways"),
                        Column.number("curve").of("misses").lessIsBetter(),
                        Column.number("simulated").of("misses").lessIsBetter(),
                        Column.number("estimate").of(CYCLES).lessIsBetter(),
                        Column.number("simulated").of(CYCLES).lessIsBetter(),
                        Column.number("off")
                                .of(CYCLES)
                                .meaning("how much greater the estimate is"));
        for (SetupCurve setup : result.setups()) {
            for (Simulated one : setup.simulated()) {
                table.row(
                        Cell.text(setup.setup()),
                        Cell.number("%,d", one.point().entries()),
                        ways(one.point().entries(), one.ways()),
                        Cell.number("%,d", one.point().misses()),
                        Cell.number("%,d", one.misses()),
                        cycles(one.point().cycles()),
                        cycles(one.cycles()),
                        one.deviation() == null ? Cell.none() : Cell.percent(one.deviation()));
            }
        }
        return table;
    }

    private Table reuses() {
        List<Column> columns = new ArrayList<>();
        columns.add(
                Column.label("pages")
                        .meaning(
                                "most pages looked up since the same page was, itself included, for"
                                        + " a look-up to be counted"));
        result.setups()
                .forEach(setup ->
                        columns.add(
                                Column.number(setup.setup())
                                        .of("look-ups as soon again")
                                        .moreIsBetter()));
        Table table = new Table(columns);
        for (int i = 0; i < result.setups().getFirst().reuses().size(); i++) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.number("%,d", result.setups().getFirst().reuses().get(i).pages()));
            for (SetupCurve setup : result.setups()) {
                cells.add(part(setup.reuses().get(i).lookups(), setup.lookups()));
            }
            table.cells(cells);
        }
        return table;
    }

    private static Cell part(long count, long of) {
        return of == 0 ? Cell.none() : Cell.percent((double) count / of);
    }

    private Table workingSets() {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("window").in("look-ups"));
        result.setups()
                .forEach(setup ->
                        columns.add(Column.number(setup.setup()).of("pages in such a window")));
        Table table = new Table(columns);
        int windows =
                result.setups().stream().mapToInt(one -> one.workingSets().size()).max().orElse(0);
        for (int i = 0; i < windows; i++) {
            int window = i;
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.number("%,d", 1L << window));
            for (SetupCurve setup : result.setups()) {
                cells.add(
                        window < setup.workingSets().size()
                                ? Cell.number("%,.1f", setup.workingSets().get(window).pages())
                                : Cell.none());
            }
            table.cells(cells);
        }
        return table;
    }
}
