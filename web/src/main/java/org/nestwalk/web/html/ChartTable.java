package org.nestwalk.web.html;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Block;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;

/// The figures that a chart is drawn from, as tables that people can read.
///
/// @param tables one, or two of a distribution that has bins and percentiles
/// @param note what the tables leave out; empty for nothing
record ChartTable(List<Table> tables, String note) {
    // More are not read; all are in the result.
    private static final int MOST_ROWS = 400;
    private static final int MOST_CELLS = 10_000;

    static ChartTable of(Block chart) {
        return switch (chart) {
            case Series series -> series(series);
            case Distribution distribution -> distribution(distribution);
            case Grid grid -> grid(grid);
            case Bars bars -> new ChartTable(List.of(bars.table()), "");
            default -> throw new IllegalArgumentException("not a chart: " + chart);
        };
    }

    /// A row for each place that any line has a figure at.
    private static ChartTable series(Series series) {
        List<Column> columns = new ArrayList<>();
        columns.add(
                new Column(
                        series.x().heading(), "", Column.Kind.LABEL, "", "", series.x().better()));
        List<TreeMap<Double, Double>> lines = new ArrayList<>();
        TreeSet<Double> places = new TreeSet<>();
        for (Series.Line line : series.lines()) {
            columns.add(number(line.name(), series.y()));
            TreeMap<Double, Double> figures = new TreeMap<>();
            line.points().forEach(point -> figures.put(point.x(), point.y()));
            lines.add(figures);
            places.addAll(figures.keySet());
        }
        Table table = new Table(columns);
        int step = Math.ceilDiv(places.size(), MOST_ROWS);
        int place = 0;
        for (double x : places) {
            if (place++ % step != 0 && place != places.size()) {
                continue;
            }
            List<Cell> row = new ArrayList<>();
            row.add(Cell.text(text(series.x(), x)));
            for (TreeMap<Double, Double> figures : lines) {
                Double y = figures.get(x);
                row.add(y == null ? Cell.blank() : new Cell(text(series.y(), y), y));
            }
            table.cells(row);
        }
        return new ChartTable(
                List.of(table),
                step == 1
                        ? ""
                        : Figures.format(
                                "One row of %,d is shown, of %,d; the result has all.",
                                step, places.size()));
    }

    private static Column number(String name, Measure measure) {
        Column column = Column.number(name).of(measure.heading());
        return switch (measure.better()) {
            case MORE -> column.moreIsBetter();
            case LESS -> column.lessIsBetter();
            case NEITHER -> column;
        };
    }

    /// A figure, without a unit that the heading has.
    private static String text(Measure measure, double figure) {
        return measure.heading().equals(measure.name())
                ? measure.text(figure)
                : measure.in("").text(figure);
    }

    private static ChartTable distribution(Distribution distribution) {
        List<Table> tables = new ArrayList<>();
        Table bins =
                new Table(
                        Column.label("of"),
                        Column.number("from").of(distribution.values().heading()),
                        Column.number("below").of(distribution.values().heading()),
                        Column.number(distribution.counts().heading()));
        Table percentiles =
                new Table(
                        Column.label("of"),
                        Column.number("part that is no greater"),
                        number(distribution.values().heading(), distribution.values().in("")));
        for (Distribution.Part part : distribution.parts()) {
            for (Distribution.Bin bin : part.bins()) {
                bins.row(
                        Cell.text(part.name()),
                        Cell.text(text(distribution.values(), bin.from())),
                        Cell.text(text(distribution.values(), bin.to())),
                        Cell.number("%,d", bin.count()));
            }
            for (Distribution.Percentile percentile : part.percentiles()) {
                percentiles.row(
                        Cell.text(part.name()),
                        Cell.text(percent(percentile.part())),
                        Cell.text(text(distribution.values(), percentile.value())));
            }
        }
        for (Table table : List.of(bins, percentiles)) {
            if (!table.rows().isEmpty()) {
                tables.add(table);
            }
        }
        return new ChartTable(tables, "");
    }

    private static String percent(double part) {
        return Double.toString(Math.round(1e6 * part) / 1e4).replaceFirst("[.]0$", "") + " %";
    }

    /// The cells or, where they are too many to be read, the most of each row.
    private static ChartTable grid(Grid grid) {
        if ((long) grid.rows().size() * grid.columns().size() <= MOST_CELLS) {
            return new ChartTable(List.of(grid.table()), "");
        }
        Table table =
                new Table(
                        Column.label(grid.down().name()),
                        Column.number("most").of(grid.cells().heading()),
                        Column.text("at").of(grid.across().heading()));
        for (Grid.Row row : grid.rows()) {
            double most = Double.NEGATIVE_INFINITY;
            int at = 0;
            for (int i = 0; i < row.cells().size(); i++) {
                if (row.cells().get(i).value() instanceof Number number
                        && number.doubleValue() > most) {
                    most = number.doubleValue();
                    at = i;
                }
            }
            table.row(
                    row.label().text(), row.cells().get(at).text(), grid.columns().get(at).text());
        }
        return new ChartTable(List.of(table), "The greatest of each row; the result has all.");
    }
}
