package org.nestwalk.report.document;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Rows of cells under columns. Cells are text already; how wide they are shown, and whether all
/// columns stand side by side, is up to who shows them.
public final class Table {
    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    /// A table without rows yet.
    public Table(Column... columns) {
        this(List.of(columns));
    }

    /// A table without rows yet.
    public Table(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    /// What is told of something: names beside values, without headings.
    public static Table facts() {
        return new Table(Column.label(""), Column.text(""));
    }

    /// Adds a row with a cell for each column.
    public Table row(String... cells) {
        return row(List.of(cells));
    }

    /// Adds a row with a cell for each column.
    public Table row(List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "a row of " + cells.size() + " cells under " + columns.size() + " columns");
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /// The columns, from left to right.
    public List<Column> columns() {
        return columns;
    }

    /// The rows, from the first to the last.
    public List<List<String>> rows() {
        return Collections.unmodifiableList(rows);
    }
}
