package org.nestwalk.document.text;

import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;

/// Figures as strips that are darker where there is more: a row for each line of a series or of a
/// grid, and beside it the most of the row. Rows that are always 0 are left out.
final class Shades {
    private static final String INK = " .:-=+*#%@";
    private static final String INDENT = "  ";
    private static final int MOST_COLUMNS = 100;

    private final Measure measure;
    private final int names;
    private final int columns;
    private final double most;
    private final int mosts;
    private final StringBuilder text = new StringBuilder();

    /// A row of figures from left to right.
    private interface Figured {
        /// The greatest in the columns from `from` to before `to`, of `of` columns.
        double most(int from, int to, int of);
    }

    private Shades(Measure measure, List<String> names, double most, int room) {
        this.measure = measure;
        this.most = most;
        this.names = names.stream().mapToInt(String::length).max().orElse(0);
        this.mosts = Math.max(10, measure.text(most).length());
        // Two spaces before the name and between all, and the border.
        int margin = INDENT.length() + this.names + 2 + 2 + 2 + mosts;
        this.columns = Math.clamp(room - margin, 8, MOST_COLUMNS);
    }

    /// The strips of `series` in lines of up to `room` characters.
    static String of(Series series, int room) {
        double from = series.rangeOfX().getMin();
        double to = series.rangeOfX().getMax();
        List<String> names = series.lines().stream().map(Series.Line::name).toList();
        Shades shades = new Shades(series.y(), names, series.rangeOfY().getMax(), room);
        shades.head(
                "over %s, from %s to %s, and the most of each row"
                        .formatted(series.x().name(), series.x().text(from), series.x().text(to)),
                room);
        for (Series.Line line : series.lines()) {
            shades.row(
                    line.name(),
                    (column, end, of) ->
                            greatest(
                                    line,
                                    series.x().at((double) column / of, from, to),
                                    series.x().at((double) end / of, from, to)));
        }
        return shades.text.toString();
    }

    private static double greatest(Series.Line line, double from, double to) {
        double greatest = line.at(to);
        for (Series.Point point : line.points()) {
            if (point.x() > from && point.x() <= to) {
                greatest = Math.max(greatest, point.y());
            }
        }
        return greatest;
    }

    /// The strips of `grid`, whose columns are drawn several in one where there is not room for
    /// each.
    static String of(Grid grid, int room) {
        List<String> names = grid.rows().stream().map(row -> row.label().text()).toList();
        double most =
                grid.rows().stream()
                        .flatMap(row -> row.cells().stream())
                        .mapToDouble(Shades::value)
                        .max()
                        .orElse(0);
        Shades shades = new Shades(grid.cells(), names, most, room);
        String over =
                grid.columns().isEmpty()
                        ? "the most of each row"
                        : "over %s, from %s to %s, and the most of each row"
                                .formatted(
                                        grid.across().name(),
                                        grid.columns().getFirst().text(),
                                        grid.columns().getLast().text());
        shades.head(over, room);
        for (Grid.Row row : grid.rows()) {
            shades.row(
                    row.label().text(),
                    (column, end, of) -> greatest(row.cells(), column, end, of));
        }
        return shades.text.toString();
    }

    private static double greatest(List<Cell> cells, int from, int to, int of) {
        int first = (int) ((long) cells.size() * from / of);
        int end = Math.max(first + 1, (int) ((long) cells.size() * to / of));
        return cells.subList(first, Math.min(end, cells.size())).stream()
                .mapToDouble(Shades::value)
                .max()
                .orElse(0);
    }

    private static double value(Cell cell) {
        return cell.value() instanceof Number number ? number.doubleValue() : 0;
    }

    private void head(String over, int room) {
        String scale = "%s; @ is %s, . a ninth or less".formatted(over, measure.text(most));
        for (String line : Wrapping.lines(scale, Math.min(room, MOST_COLUMNS) - INDENT.length())) {
            text.append(INDENT).append(line).append('\n');
        }
    }

    private void row(String name, Figured figured) {
        double highest = 0;
        StringBuilder strip = new StringBuilder();
        for (int column = 0; column < columns; column++) {
            double value = figured.most(column, column + 1, columns);
            highest = Math.max(highest, value);
            strip.append(ink(value));
        }
        if (highest > 0) {
            String row = INDENT + "%-" + Math.max(1, names) + "s  |%s|  %" + mosts + "s%n";
            text.append(Figures.format(row, name, strip, measure.text(highest)));
        }
    }

    /// Blank for nothing; otherwise darker by ninths.
    private char ink(double value) {
        int ninths = most <= 0 ? 0 : (int) Math.ceil(9.0 * value / most);
        return INK.charAt(Math.clamp(ninths, 0, INK.length() - 1));
    }
}
