package org.nestwalk.report.walk;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.nestwalk.lab.explain.TableEntry;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkStep;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.WalkVisitor;

/// The picture of a two-dimensional walk: a row for each guest entry and one for the data page, a
/// column for each second-level entry and one for the guest entry they lead to; in them the numbers
/// of the references (after figure 1 of Bhargava et al., ASPLOS 2008). Second-level references are
/// in brackets, guest ones in parentheses, and `--` is one that a cache made unnecessary.
final class WalkGrid {
    private static final int DATA_ROW = 0;

    private final WalkMode mode;
    private final TreeSet<Integer> rows = new TreeSet<>();
    private final TreeSet<Integer> columns = new TreeSet<>();
    private final String[][] cells = new String[6][6];

    private final boolean failed;
    private int lastRow = -1;

    private WalkGrid(WalkExplanation walk) {
        mode = walk.question().mode();
        failed = walk.result().outcome() != Outcome.OK;
        for (WalkStep step : walk.steps()) {
            if (step instanceof WalkStep.Reference reference) {
                put(reference.entry(), "%2d".formatted(reference.number()));
            } else if (step instanceof WalkStep.Skipped skipped) {
                put(skipped.entry(), "--");
            }
        }
    }

    /// The picture in lines of up to `width` characters, each ended by a newline.
    static String text(WalkExplanation walk, int width) {
        WalkGrid grid = new WalkGrid(walk);
        String wide = draw(grid.lines(EntryNames.second(grid.mode) + " ", " entry"), "  ", "--> ");
        return wide.lines().allMatch(line -> line.length() <= width)
                ? wide
                : draw(grid.lines("", ""), "", "> ");
    }

    private void put(TableEntry entry, String label) {
        boolean guest = entry.isGuest();
        rows.add(entry.forLevel());
        if (!guest) {
            columns.add(entry.level());
        }
        int column = guest ? WalkVisitor.GUEST : entry.level();
        if (cells[entry.forLevel()][column] == null) {
            cells[entry.forLevel()][column] = guest ? "(" + label + ")" : "[" + label + "]";
        }
        lastRow = entry.forLevel();
    }

    /// The cells, headings first; second-level entries are named after `second`.
    private List<List<String>> lines(String second, String entry) {
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        for (int column : columns.descendingSet()) {
            head.add(mode == WalkMode.FLAT ? "flat entry" : second + EntryNames.ofLevel(column));
        }
        head.add(EntryNames.guest(mode) + entry);
        lines.add(head);
        for (int row : rows.descendingSet()) {
            List<String> line = new ArrayList<>();
            line.add(
                    row == DATA_ROW
                            ? "data page"
                            : EntryNames.guest(mode) + " " + EntryNames.ofLevel(row));
            for (int column : columns.descendingSet()) {
                line.add(cells[row][column]);
            }
            line.add(target(row));
            lines.add(line);
        }
        return lines;
    }

    private String target(int row) {
        String cell = row == DATA_ROW ? "data" : cells[row][WalkVisitor.GUEST];
        if (!failed || row != lastRow) {
            return cell == null ? "" : cell;
        }
        return row == DATA_ROW || cell == null ? "fault" : cell + " fault";
    }

    private static String draw(List<List<String>> lines, String indent, String arrow) {
        StringBuilder text = new StringBuilder();
        int[] widths = new int[lines.getFirst().size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], cell(line, i).length());
            }
        }
        boolean heading = true;
        for (List<String> line : lines) {
            StringBuilder drawn = new StringBuilder(indent);
            for (int i = 0; i < widths.length; i++) {
                String cell = cell(line, i);
                boolean leads = !heading && i < widths.length - 1;
                drawn.append(cell).append(' ');
                drawn.repeat(
                        leads && i > 0 && arrow.startsWith("-") ? '-' : ' ',
                        widths[i] - cell.length());
                drawn.append(leads ? arrow : " ".repeat(arrow.length()));
            }
            text.append(drawn.toString().stripTrailing()).append('\n');
            heading = false;
        }
        return text.toString();
    }

    private static String cell(List<String> line, int column) {
        String cell = line.get(column);
        return cell == null ? "" : cell;
    }
}
