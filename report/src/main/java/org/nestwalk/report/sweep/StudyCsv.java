package org.nestwalk.report.sweep;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.lab.sweep.Axis;

/// A study as one table: a row for each cell, or for each thing in its result; columns for the
/// axes, and one for each figure.
public final class StudyCsv {
    private StudyCsv() {}

    /// The table as CSV.
    public static String text(StudyResults results) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.number("cell"));
        for (Axis axis : results.axes()) {
            columns.add(Column.text(axis.name()));
        }
        boolean things = results.things().size() > 1;
        if (things) {
            columns.add(Column.text("of"));
        }
        List<String> names = results.names();
        names.forEach(name -> columns.add(Column.number(name)));
        Table table = new Table(columns);
        for (StudyResults.Row row : results.rows()) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.number("%d", row.cell()));
            for (Axis axis : results.axes()) {
                cells.add(Cell.text(row.values().getOrDefault(axis.name(), "")));
            }
            if (things) {
                cells.add(Cell.text(row.of()));
            }
            for (String name : names) {
                Double value = row.figures().get(name);
                cells.add(value == null ? Cell.blank() : plain(value));
            }
            table.cells(cells);
        }
        return CsvRenderer.text(new Document().table(table));
    }

    private static Cell plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1L << 53
                ? new Cell(Long.toString((long) value), (long) value)
                : new Cell(Double.toString(value), value);
    }
}
