package org.nestwalk.document.csv;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nestwalk.document.Block;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;

/// A chart with one figure a line: its name, what the figure belongs to, and the figure.
///
/// @param heading names of the fields
/// @param lines fields of each line
record LongForm(List<String> heading, List<List<String>> lines) {
    /// The lines of a chart; nothing for other blocks. A distribution has a form for its bins and
    /// one for its percentiles.
    static List<LongForm> of(Block block) {
        return switch (block) {
            case Series series -> List.of(series(series));
            case Distribution distribution ->
                    List.of(bins(distribution), percentiles(distribution)).stream()
                            .filter(form -> !form.lines.isEmpty())
                            .toList();
            case Grid grid -> List.of(grid(grid));
            default -> List.of();
        };
    }

    private static LongForm series(Series series) {
        List<List<String>> lines = new ArrayList<>();
        for (Series.Line line : series.lines()) {
            for (Series.Point point : line.points()) {
                lines.add(
                        List.of(series.name(), line.name(), number(point.x()), number(point.y())));
            }
        }
        return new LongForm(List.of("series", "line", name(series.x()), name(series.y())), lines);
    }

    private static LongForm bins(Distribution distribution) {
        List<List<String>> lines = new ArrayList<>();
        for (Distribution.Part part : distribution.parts()) {
            for (Distribution.Bin bin : part.bins()) {
                lines.add(
                        List.of(
                                distribution.name(),
                                part.name(),
                                number(bin.from()),
                                number(bin.to()),
                                Long.toString(bin.count())));
            }
        }
        String values = name(distribution.values());
        return new LongForm(
                List.of(
                        "distribution",
                        "part",
                        "from " + values,
                        "below " + values,
                        name(distribution.counts())),
                lines);
    }

    private static LongForm percentiles(Distribution distribution) {
        List<List<String>> lines = new ArrayList<>();
        for (Distribution.Part part : distribution.parts()) {
            for (Distribution.Percentile percentile : part.percentiles()) {
                lines.add(
                        List.of(
                                distribution.name(),
                                part.name(),
                                number(percentile.part()),
                                number(percentile.value())));
            }
        }
        return new LongForm(
                List.of("distribution", "part", "quantile", name(distribution.values())), lines);
    }

    private static LongForm grid(Grid grid) {
        List<List<String>> lines = new ArrayList<>();
        for (Grid.Row row : grid.rows()) {
            for (int i = 0; i < grid.columns().size(); i++) {
                Cell cell = row.cells().get(i);
                lines.add(
                        List.of(
                                grid.name(),
                                row.label().text(),
                                grid.columns().get(i).text(),
                                Optional.ofNullable(cell.value())
                                        .map(Object::toString)
                                        .orElse(cell.text())));
            }
        }
        return new LongForm(
                List.of("grid", name(grid.down()), name(grid.across()), name(grid.cells())), lines);
    }

    private static String name(Measure measure) {
        String unit = measure.unit().isEmpty() ? "" : "(" + measure.unit() + ")";
        return (measure.name() + " " + unit).strip();
    }

    /// All digits, and no more than are needed.
    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
