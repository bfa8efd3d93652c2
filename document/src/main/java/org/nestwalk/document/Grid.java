package org.nestwalk.document;

import java.util.ArrayList;
import java.util.List;

/// Cells in rows and columns that have names, such as the references of a two-dimensional walk, or
/// how full ranges of memory are as time goes on.
///
/// @param name what it shows, as a title
/// @param cells what the cells hold
/// @param down what rows are, such as `translation`
/// @param across what columns are, such as `entry`
/// @param columns names of the columns, from left to right
/// @param rows from the first to the last
/// @param form how it is drawn
public record Grid(
        String name,
        Measure cells,
        Measure down,
        Measure across,
        List<Label> columns,
        List<Row> rows,
        Form form)
        implements Block {
    /// How cells are drawn.
    public enum Form {
        /// As their texts, each with an arrow to the next in its row.
        STEPS,
        /// Darker, the greater their values are.
        SHADES,
        /// As words of which there are a few, each its own colour where there are colours.
        WORDS
    }

    /// The name of a row or a column.
    ///
    /// @param group what it has in common with others; left out where there is little room; may be
    ///   empty
    /// @param name the rest
    public record Label(String group, String name) {
        /// Group and name.
        public String text() {
            return (group + " " + name).strip();
        }
    }

    /// A row.
    ///
    /// @param label its name
    /// @param cells one for each column
    public record Row(Label label, List<Cell> cells) {
        /// Copies the list.
        public Row {
            cells = List.copyOf(cells);
        }
    }

    /// The cells as a table, which groups columns by what they are.
    public Table table() {
        List<Column> heads = new ArrayList<>();
        heads.add(Column.label(down.name()));
        boolean words = form == Form.WORDS;
        for (Label column : columns) {
            heads.add(
                    (words ? Column.text(column.name()) : Column.number(column.name()))
                            .of(column.group().isEmpty() ? across.name() : column.group()));
        }
        Table table = new Table(heads);
        for (Row row : rows) {
            List<Cell> line = new ArrayList<>();
            line.add(Cell.text(row.label().text()));
            line.addAll(row.cells());
            table.cells(line);
        }
        return table;
    }

    /// Copies the lists.
    public Grid {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        for (Row row : rows) {
            if (row.cells().size() != columns.size()) {
                throw new IllegalArgumentException(
                        "a row of %d cells under %d columns"
                                .formatted(row.cells().size(), columns.size()));
            }
        }
    }
}
