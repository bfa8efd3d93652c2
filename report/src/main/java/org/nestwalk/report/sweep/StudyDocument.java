package org.nestwalk.report.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;
import org.nestwalk.lab.sweep.Axis;
import org.nestwalk.report.Units;

/// A study as people read it.
public final class StudyDocument {
    private static final int MOST_VALUES = 8;

    private StudyDocument() {}

    /// What was varied, and which figures there are.
    public static Document overview(String experiment, StudyResults results, Units units) {
        Document document = head(experiment, results);
        Table axes = new Table(Column.label("set"), Column.number("values"), Column.text("which"));
        for (Axis axis : results.axes()) {
            List<String> values = axis.values();
            axes.cells(
                    List.of(
                            Cell.text(axis.name()),
                            Cell.number("%,d", values.size()),
                            Cell.text(
                                    values.size() <= MOST_VALUES
                                            ? String.join(", ", values)
                                            : values.getFirst() + " ... " + values.getLast())));
        }
        document.table(axes);
        Table figures =
                new Table(
                        Column.label("figure"),
                        Column.number("least"),
                        Column.number("most"),
                        Column.text("what it is"));
        int constant = 0;
        for (String name : results.names()) {
            List<Double> values =
                    results.rows().stream()
                            .map(row -> row.figures().get(name))
                            .filter(value -> value != null)
                            .toList();
            double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
            double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
            if (least == most) {
                constant++;
            } else {
                Measure measure = measure(name, units);
                figures.cells(
                        List.of(
                                Cell.text(name),
                                new Cell(measure.text(least), least),
                                new Cell(measure.text(most), most),
                                Cell.text(units.meaningOf(name))));
            }
        }
        if (!figures.rows().isEmpty()) {
            document.heading("Figures that vary").table(figures);
        }
        return document.paragraph(
                Figures.format("%,d figure{s} {is|are} the same in all cells.", constant));
    }

    private static Document head(String experiment, StudyResults results) {
        Document document =
                new Document()
                        .paragraph(
                                "A study of %s: %s"
                                        .formatted(
                                                experiment,
                                                Quantities.counted(results.cells(), "cell")));
        if (results.finished() < results.cells()) {
            document.lines(
                    Figures.format(
                            "not complete: %,d of %,d cell{s} {is|are} finished",
                            results.finished(), results.cells()));
        }
        return document;
    }

    private static Measure measure(String name, Units units) {
        String unit = units.ofFigure(name);
        return unit == null ? Measure.of(name) : Measure.of(name).in(unit);
    }

    /// A figure in rows and columns, with intervals where it is a mean.
    public static Document pivot(
            String experiment, StudyResults results, Units units, StudyPivot pivot) {
        Document document = head(experiment, results);
        String meaning = units.meaningOf(pivot.figure());
        document.paragraph(
                pivot.figure()
                        + (meaning.isEmpty() ? "" : ": " + meaning)
                        + (pivot.averaged().isEmpty()
                                ? ""
                                : "; means over %s, with their 95 %% confidence intervals"
                                        .formatted(
                                                String.join(
                                                        ", ",
                                                        pivot.averaged().stream()
                                                                .map(Axis::name)
                                                                .toList()))));
        document.table(table(pivot));
        return document.pictures(pictures(pivot));
    }

    private static Table table(StudyPivot pivot) {
        List<Column> columns = new ArrayList<>();
        pivot.down().forEach(axis -> columns.add(Column.label(axis.name())));
        if (pivot.down().isEmpty()) {
            columns.add(Column.label(""));
        }
        List<String> heads = heads(pivot);
        for (String head : heads) {
            Column column = Column.number(head.isEmpty() ? pivot.figure() : head);
            columns.add(
                    pivot.across().isPresent() ? column.of(pivot.across().get().name()) : column);
        }
        Table table = new Table(columns);
        for (StudyPivot.Row row : pivot.rows()) {
            List<Cell> cells = new ArrayList<>();
            row.labels().forEach(label -> cells.add(Cell.text(label)));
            if (pivot.down().isEmpty()) {
                cells.add(Cell.text(""));
            }
            for (String head : heads) {
                Estimate estimate = row.cells().get(head);
                cells.add(estimate == null ? Cell.none() : cell(pivot.measure(), estimate));
            }
            table.cells(cells);
        }
        return table;
    }

    private static List<String> heads(StudyPivot pivot) {
        return pivot.across().map(Axis::values).orElse(List.of(""));
    }

    private static Cell cell(Measure measure, Estimate estimate) {
        String text = measure.text(estimate.mean());
        return new Cell(
                estimate.hasWidth() ? text + " +-" + measure.text(estimate.halfWidth()) : text,
                estimate.mean());
    }

    /// A heat map; and lines, where columns are figures.
    private static Document pictures(StudyPivot pivot) {
        Document pictures = new Document();
        Optional<Axis> across = pivot.across();
        if (across.isEmpty() || pivot.rows().size() < 2) {
            return pictures;
        }
        List<Grid.Row> rows = new ArrayList<>();
        for (StudyPivot.Row row : pivot.rows()) {
            List<Cell> cells = new ArrayList<>();
            for (String head : heads(pivot)) {
                Estimate estimate = row.cells().get(head);
                cells.add(estimate == null ? Cell.none() : cell(pivot.measure(), estimate));
            }
            rows.add(new Grid.Row(new Grid.Label("", name(row)), cells));
        }
        pictures.grid(
                new Grid(
                        pivot.figure(),
                        pivot.measure(),
                        Measure.of(names(pivot.down())),
                        Measure.of(across.get().name()),
                        heads(pivot).stream().map(head -> new Grid.Label("", head)).toList(),
                        rows,
                        Grid.Form.SHADES));
        lines(pivot, across.get()).ifPresent(pictures::series);
        return pictures;
    }

    private static String names(List<Axis> axes) {
        return axes.isEmpty() ? "row" : String.join(", ", axes.stream().map(Axis::name).toList());
    }

    private static String name(StudyPivot.Row row) {
        return String.join(" ", row.labels());
    }

    private static Optional<Series> lines(StudyPivot pivot, Axis across) {
        Map<String, Double> places = new LinkedHashMap<>();
        boolean sizes = true;
        for (String value : across.values()) {
            OptionalDouble place = place(value);
            if (place.isEmpty()) {
                return Optional.empty();
            }
            sizes &= value.endsWith("B");
            places.put(value, place.getAsDouble());
        }
        List<Series.Line> lines = new ArrayList<>();
        for (StudyPivot.Row row : pivot.rows()) {
            List<Series.Point> points = new ArrayList<>();
            places.forEach((value, place) -> {
                Estimate estimate = row.cells().get(value);
                if (estimate != null) {
                    points.add(new Series.Point(place, estimate.mean()));
                }
            });
            lines.add(new Series.Line(name(row), "", points));
        }
        Measure x = Measure.of(across.name());
        x = sizes ? x.in("bytes") : x;
        boolean grows = places.values().stream().allMatch(place -> place > 0);
        return Optional.of(
                Series.curves(
                        pivot.figure() + " over " + across.name(),
                        grows ? x.logarithmic() : x,
                        pivot.measure(),
                        lines));
    }

    private static OptionalDouble place(String value) {
        try {
            return OptionalDouble.of(
                    value.endsWith("B")
                            ? Quantities.size(value, "")
                            : value.matches("-?\\d+\\.\\d+")
                                    ? Double.parseDouble(value)
                                    : Quantities.count(value, ""));
        } catch (InputException e) {
            return OptionalDouble.empty();
        }
    }

    /// Which cells no other is better than, where less of both figures is better (Pareto).
    public static Document front(
            String experiment, StudyResults results, StudyPivot one, StudyPivot other) {
        Table table = new Table(columns(one, other));
        List<Series.Point> all = new ArrayList<>();
        List<Series.Point> best = new ArrayList<>();
        Map<List<String>, Estimate> others = new LinkedHashMap<>();
        other.rows().forEach(row -> others.put(row.labels(), row.cells().get("")));
        for (StudyPivot.Row row : one.rows()) {
            Estimate x = row.cells().get("");
            Estimate y = others.get(row.labels());
            if (x != null && y != null) {
                all.add(new Series.Point(x.mean(), y.mean()));
            }
        }
        for (StudyPivot.Row row : one.rows()) {
            Estimate x = row.cells().get("");
            Estimate y = others.get(row.labels());
            if (x != null
                    && y != null
                    && all.stream().noneMatch(p -> beats(p, x.mean(), y.mean()))) {
                best.add(new Series.Point(x.mean(), y.mean()));
                List<Cell> cells = new ArrayList<>();
                row.labels().forEach(label -> cells.add(Cell.text(label)));
                cells.add(cell(one.measure(), x));
                cells.add(cell(other.measure(), y));
                table.cells(cells);
            }
        }
        best.sort((a, b) -> Double.compare(a.x(), b.x()));
        return head(experiment, results)
                .paragraph(
                        Figures.format(
                                "%,d of %,d combination{s} with no other that has less of both %s"
                                        + " and %s",
                                best.size(), all.size(), one.figure(), other.figure()))
                .table(table)
                .pictures(
                        new Document()
                                .series(
                                        Series.curves(
                                                "the least of both",
                                                one.measure(),
                                                other.measure(),
                                                List.of(new Series.Line("front", "", best)))));
    }

    private static List<Column> columns(StudyPivot one, StudyPivot other) {
        List<Column> columns = new ArrayList<>();
        one.down().forEach(axis -> columns.add(Column.label(axis.name())));
        columns.add(Column.number(one.figure()).lessIsBetter());
        columns.add(Column.number(other.figure()).lessIsBetter());
        return columns;
    }

    private static boolean beats(Series.Point point, double x, double y) {
        return point.x() <= x && point.y() <= y && (point.x() < x || point.y() < y);
    }
}
