package org.nestwalk.lab.labs.curve;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Series.Line;
import org.nestwalk.lab.curve.CurveSizes;
import org.nestwalk.lab.curve.LookupCurve;
import org.nestwalk.lab.labs.curve.CurveResult.Point;
import org.nestwalk.lab.labs.curve.CurveResult.SetupCurve;

/// Curves in pictures: misses and cycles over entries, with what was simulated and what real
/// machines have, misses by entries and ways, and how soon pages come again.
final class CurveCharts {
    private static final Measure ENTRIES = Measure.of("entries").logarithmic();
    private static final Measure MISSES =
            Measure.of("misses").in("a thousand accesses").lessIsBetter();
    private static final Measure CYCLES =
            Measure.of("translation").in("cycles an access").lessIsBetter();
    private static final int[] WAYS = {1, 4, 16};

    private final CurveResult result;

    private CurveCharts(CurveResult result) {
        this.result = result;
    }

    static Document of(CurveResult result) {
        CurveCharts charts = new CurveCharts(result);
        Document document = new Document();
        for (List<SetupCurve> alike : CurveFigures.alike(result)) {
            document.series(charts.misses(alike));
        }
        document.series(charts.cycles());
        if (!result.sampled()) {
            for (List<SetupCurve> alike : CurveFigures.alike(result)) {
                document.grid(charts.grid(alike));
            }
        }
        return document.series(charts.reuses()).series(charts.workingSets());
    }

    private double perThousand(Point point) {
        return 1e3 * point.misses() / result.accesses();
    }

    private double perAccess(Point point) {
        return (double) point.cycles() / result.accesses();
    }

    private Series misses(List<SetupCurve> alike) {
        SetupCurve setup = alike.getFirst();
        List<Line> lines = new ArrayList<>();
        for (int ways : WAYS) {
            List<Point> those =
                    setup.points().stream().filter(point -> point.ways() == ways).toList();
            if (!result.sampled()) {
                lines.add(line(Figures.format("%d way{s}", ways), "", those, this::perThousand));
            }
        }
        lines.add(line("all ways", "fully associative", setup.full(), this::perThousand));
        for (CurveResult.Marked machine : setup.machines()) {
            lines.add(
                    line(
                            String.join(", ", machine.machines()),
                            Figures.format(
                                    "%,d entr{y|ies} of %,d way{s}",
                                    machine.point().entries(), machine.point().ways()),
                            List.of(machine.point()),
                            this::perThousand));
        }
        return Series.curves(
                "misses by size under " + CurveFigures.names(alike), ENTRIES, MISSES, lines);
    }

    private Series cycles() {
        List<Line> lines = new ArrayList<>();
        for (SetupCurve setup : result.setups()) {
            lines.add(
                    line(
                            setup.setup(),
                            "fully associative, estimated",
                            setup.full(),
                            this::perAccess));
        }
        for (SetupCurve setup : result.setups()) {
            List<Series.Point> points =
                    setup.simulated().stream()
                            .sorted((one, other) -> one.point().entries() - other.point().entries())
                            .map(one ->
                                    new Series.Point(
                                            one.point().entries(),
                                            (double) one.cycles() / result.accesses()))
                            .toList();
            lines.add(new Line(setup.setup() + " simulated", "", points));
        }
        return Series.curves("translation by size", ENTRIES, CYCLES, lines);
    }

    private static Line line(
            String name, String meaning, List<Point> points, ToDoubleFunction<Point> y) {
        return new Line(
                name,
                meaning,
                points.stream()
                        .map(point -> new Series.Point(point.entries(), y.applyAsDouble(point)))
                        .toList());
    }

    private Grid grid(List<SetupCurve> alike) {
        List<Grid.Label> columns = new ArrayList<>();
        for (int ways = 1; ways <= LookupCurve.MOST_ENTRIES; ways *= 2) {
            columns.add(new Grid.Label("", Integer.toString(ways)));
        }
        List<Grid.Row> rows = new ArrayList<>();
        for (int entries : CurveSizes.entries()) {
            List<Cell> cells = new ArrayList<>();
            for (Grid.Label column : columns) {
                int ways = Integer.parseInt(column.name());
                cells.add(
                        alike.getFirst().points().stream()
                                .filter(point -> point.entries() == entries && point.ways() == ways)
                                .findFirst()
                                .map(point -> Cell.number("%.2f", perThousand(point)))
                                .orElse(Cell.none()));
            }
            rows.add(new Grid.Row(new Grid.Label("", Integer.toString(entries)), cells));
        }
        return new Grid(
                "misses by entries and ways under " + CurveFigures.names(alike),
                MISSES,
                Measure.of("entries"),
                Measure.of("ways"),
                columns,
                rows,
                Grid.Form.SHADES);
    }

    private Series reuses() {
        return Series.curves(
                "how soon pages come again",
                Measure.of("pages looked up between").logarithmic(),
                Measure.of("look-ups as soon again").in("part").moreIsBetter(),
                lines(setup ->
                        setup.lookups() == 0
                                ? List.of()
                                : setup.reuses().stream()
                                        .map(reuse ->
                                                new Series.Point(
                                                        reuse.pages(),
                                                        (double) reuse.lookups() / setup.lookups()))
                                        .toList()));
    }

    private Series workingSets() {
        return Series.curves(
                "working set",
                Measure.of("window").in("look-ups").logarithmic(),
                Measure.of("pages").logarithmic(),
                lines(setup ->
                        setup.workingSets().stream()
                                .map(one -> new Series.Point(one.window(), one.pages()))
                                .toList()));
    }

    private List<Line> lines(Function<SetupCurve, List<Series.Point>> points) {
        return result.setups().stream()
                .map(setup -> new Line(setup.setup(), "", points.apply(setup)))
                .toList();
    }
}
