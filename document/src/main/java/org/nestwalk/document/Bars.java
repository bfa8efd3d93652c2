package org.nestwalk.document;

import java.util.ArrayList;
import java.util.List;

/// Figures of things that have names, as bars: one bar for each thing, of several parts, or one for
/// each part.
///
/// @param name what it shows, as a title
/// @param values what the figures are
/// @param things what has a bar, such as `setup`
/// @param parts one or more, which differ
/// @param rows the things, from the first to the last
/// @param form how parts are put together
public record Bars(
        String name, Measure values, Measure things, List<Part> parts, List<Row> rows, Form form)
        implements Block {
    /// How parts are put together.
    public enum Form {
        /// They add up to one bar.
        STACKED,
        /// Each has a bar of its own beside the others.
        GROUPED
    }

    /// What figures are told apart by.
    ///
    /// @param group what it has in common with its neighbours; may be empty
    /// @param name the rest
    /// @param meaning one phrase; empty where the name says it
    public record Part(String group, String name, String meaning) {
        /// A part whose name says what it is.
        public static Part of(String name) {
            return new Part("", name, "");
        }

        /// This part in a group.
        public Part in(String inGroup) {
            return new Part(inGroup, name, meaning);
        }

        /// This part with what it means, in one phrase.
        public Part meaning(String phrase) {
            return new Part(group, name, phrase);
        }
    }

    /// A thing, and its figures.
    ///
    /// @param name of the thing
    /// @param cells one for each part
    public record Row(String name, List<Cell> cells) {
        /// Copies the list.
        public Row {
            cells = List.copyOf(cells);
        }
    }

    /// Copies the lists.
    public Bars {
        parts = List.copyOf(parts);
        rows = List.copyOf(rows);
        for (Row row : rows) {
            if (row.cells().size() != parts.size()) {
                throw new IllegalArgumentException(
                        "a bar of %d figures for %d parts"
                                .formatted(row.cells().size(), parts.size()));
            }
        }
    }

    /// The figures as a table: a row for each thing, a column for each part.
    public Table table() {
        List<Column> heads = new ArrayList<>();
        heads.add(Column.label(things.name()));
        for (Part part : parts) {
            Column column =
                    Column.number(part.name())
                            .of(part.group().isEmpty() ? values.heading() : part.group())
                            .meaning(part.meaning());
            heads.add(
                    switch (values.better()) {
                        case MORE -> column.moreIsBetter();
                        case LESS -> column.lessIsBetter();
                        case NEITHER -> column;
                    });
        }
        Table table = new Table(heads);
        for (Row row : rows) {
            List<Cell> line = new ArrayList<>();
            line.add(Cell.text(row.name()));
            line.addAll(row.cells());
            table.cells(line);
        }
        return table;
    }
}
