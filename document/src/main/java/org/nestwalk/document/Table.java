package org.nestwalk.document;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Rows of cells under columns. How wide they are shown, and whether all columns stand side by
/// side, is up to who shows them.
public final class Table {
    private final List<Column> columns;
    private final boolean headed;
    private final List<List<Cell>> rows = new ArrayList<>();

    /// A table without rows yet.
    public Table(Column... columns) {
        this(List.of(columns));
    }

    /// A table without rows yet.
    public Table(List<Column> columns) {
        this(columns, columns.stream().anyMatch(column -> !column.heading().isEmpty()));
    }

    private Table(List<Column> columns, boolean headed) {
        this.columns = List.copyOf(columns);
        this.headed = headed;
    }

    /// What is told of something: names beside values, without headings.
    public static Table facts() {
        return new Table(Column.label(""), Column.text(""));
    }

    /// What is told of something, which is all there is to tell: programs get it, too, under
    /// headings that people do not need.
    public static Table wholeFacts() {
        return new Table(List.of(Column.label("fact"), Column.text("value")), false);
    }

    /// Adds a row with a cell of words for each column.
    public Table row(String... cells) {
        return row(List.of(cells));
    }

    /// Adds a row with a cell of words for each column.
    public Table row(List<String> cells) {
        return cells(cells.stream().map(Cell::text).toList());
    }

    /// Adds a row with a cell for each column.
    public Table row(Cell... cells) {
        return cells(List.of(cells));
    }

    /// Adds a row with a cell for each column.
    public Table cells(List<Cell> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "a row of " + cells.size() + " cells under " + columns.size() + " columns");
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /// Whether headings are shown to people.
    public boolean isHeaded() {
        return headed;
    }

    /// Whether any column has a heading.
    public boolean hasHeadings() {
        return columns.stream().anyMatch(column -> !column.heading().isEmpty());
    }

    /// The columns, from left to right.
    public List<Column> columns() {
        return columns;
    }

    /// The rows, from the first to the last.
    public List<List<Cell>> rows() {
        return Collections.unmodifiableList(rows);
    }
}
