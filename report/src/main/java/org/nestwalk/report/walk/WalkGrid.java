package org.nestwalk.report.walk;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Grid.Label;
import org.nestwalk.document.Grid.Row;
import org.nestwalk.document.Measure;
import org.nestwalk.lab.explain.TableEntry;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkStep;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.WalkVisitor;

/// The grid of a two-dimensional walk: a row for each guest entry and one for the data page, a
/// column for each second-level entry and one for the guest entry they lead to; in them the numbers
/// of the references (after figure 1 of Bhargava et al., ASPLOS 2008). Second-level references are
/// in brackets, guest ones in parentheses, and `--` is one that a cache made unnecessary.
final class WalkGrid {
    private static final int DATA_ROW = 0;

    private final WalkMode mode;
    private final TreeSet<Integer> rows = new TreeSet<>();
    private final TreeSet<Integer> columns = new TreeSet<>();
    private final @Nullable Cell[][] cells = new Cell[6][6];

    private final boolean failed;
    private int lastRow = -1;

    private WalkGrid(WalkExplanation walk) {
        mode = walk.question().mode();
        failed = walk.result().outcome() != Outcome.OK;
        for (WalkStep step : walk.steps()) {
            if (step instanceof WalkStep.Reference reference) {
                put(reference.entry(), "%2d".formatted(reference.number()), reference.number());
            } else if (step instanceof WalkStep.Skipped skipped) {
                put(skipped.entry(), "--", null);
            }
        }
    }

    /// The grid of `walk`.
    static Grid of(WalkExplanation walk) {
        WalkGrid grid = new WalkGrid(walk);
        String caches = walk.skipped().isEmpty() ? "" : ", -- spared by a cache";
        String second =
                grid.columns.isEmpty()
                        ? ""
                        : "[ ] to the second level, ( ) to the guest's table" + caches;
        return new Grid(
                "references of the walk",
                Measure.of("references").meaning(second),
                Measure.of("translation of"),
                Measure.of("entry"),
                grid.names(),
                grid.lines(),
                Grid.Form.STEPS);
    }

    private void put(TableEntry entry, String label, @Nullable Integer number) {
        boolean guest = entry.isGuest();
        rows.add(entry.forLevel());
        if (!guest) {
            columns.add(entry.level());
        }
        int column = guest ? WalkVisitor.GUEST : entry.level();
        if (cells[entry.forLevel()][column] == null) {
            String text = guest ? "(" + label + ")" : "[" + label + "]";
            cells[entry.forLevel()][column] = new Cell(text, number);
        }
        lastRow = entry.forLevel();
    }

    private List<Label> names() {
        List<Label> names = new ArrayList<>();
        for (int column : columns.descendingSet()) {
            names.add(
                    mode == WalkMode.FLAT
                            ? new Label("flat", "entry")
                            : new Label(EntryNames.second(mode), EntryNames.ofLevel(column)));
        }
        names.add(new Label(EntryNames.guest(mode), "entry"));
        return names;
    }

    private List<Row> lines() {
        List<Row> lines = new ArrayList<>();
        for (int row : rows.descendingSet()) {
            List<Cell> line = new ArrayList<>();
            for (int column : columns.descendingSet()) {
                Cell cell = cells[row][column];
                line.add(cell == null ? Cell.blank() : cell);
            }
            line.add(target(row));
            Label label =
                    row == DATA_ROW
                            ? new Label("", "data page")
                            : new Label(EntryNames.guest(mode), EntryNames.ofLevel(row));
            lines.add(new Row(label, line));
        }
        return lines;
    }

    private Cell target(int row) {
        Cell cell = row == DATA_ROW ? Cell.text("data") : cells[row][WalkVisitor.GUEST];
        if (!failed || row != lastRow) {
            return cell == null ? Cell.blank() : cell;
        }
        return row == DATA_ROW || cell == null
                ? Cell.text("fault")
                : new Cell(cell.text() + " fault", cell.value());
    }
}
