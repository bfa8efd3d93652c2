package org.nestwalk.document.text;

import java.util.Arrays;
import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Table;

/// How wide the columns of a part of a table are. Where there is room, headings stand on one line;
/// else they go over several; and where even that is too wide, so do the cells of words, those of
/// the widest column first.
final class TableWidths {
    private static final int GAP = 2;
    // Words are broken into lines no narrower than this.
    private static final int NARROW_TEXT = 16;

    private final Table table;
    private final List<Integer> indices;
    private final int[] widths;
    private final int least;

    /// The widths of the columns `indices` of `table` in lines of `room` characters.
    ///
    /// @param narrowLabel labels are broken into lines no narrower than this
    TableWidths(Table table, List<Integer> indices, int room, int narrowLabel) {
        this.table = table;
        this.indices = indices;
        int[] cells = new int[indices.size()];
        int[] floor = new int[indices.size()];
        int[] oneLine = new int[indices.size()];
        int[] severalLines = new int[indices.size()];
        for (int i = 0; i < indices.size(); i++) {
            for (List<Cell> row : table.rows()) {
                String cell = row.get(index(i)).text();
                cells[i] = Math.max(cells[i], cell.length());
                boolean whole = column(i).kind() == Column.Kind.NUMBER;
                floor[i] = Math.max(floor[i], whole ? cell.length() : Wrapping.longest(cell));
            }
            String heading = column(i).heading();
            boolean label = column(i).kind() == Column.Kind.LABEL;
            floor[i] = Math.max(floor[i], Math.min(cells[i], label ? narrowLabel : NARROW_TEXT));
            floor[i] = Math.max(floor[i], Wrapping.longest(heading));
            oneLine[i] = Math.max(cells[i], heading.length());
            severalLines[i] = Math.max(cells[i], Wrapping.longest(heading));
        }
        widen(oneLine);
        widen(severalLines);
        widen(floor);
        least = sum(floor);
        widths = sum(oneLine) <= room ? oneLine : severalLines;
        shrink(floor, room);
        // Words that are longer than the room are broken.
        for (int i = 0; i < floor.length; i++) {
            if (column(i).kind() == Column.Kind.TEXT) {
                floor[i] = Math.min(floor[i], NARROW_TEXT);
            }
        }
        shrink(floor, room);
    }

    /// Makes the widest column narrower, as long as there is one that may be and it is necessary.
    private void shrink(int[] floor, int room) {
        for (int over = sum(widths) - room; over > 0; over--) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                if (widths[i] > floor[i] && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
        }
    }

    /// What is needed if all words are broken into lines as far as they can be.
    int least() {
        return least;
    }

    int count() {
        return indices.size();
    }

    int of(int i) {
        return widths[i];
    }

    int index(int i) {
        return indices.get(i);
    }

    Column column(int i) {
        return table.columns().get(index(i));
    }

    /// The first column after `i` that is not of the same group.
    int endOfGroup(int i) {
        String group = column(i).group();
        int end = i + 1;
        while (!group.isEmpty() && end < indices.size() && column(end).group().equals(group)) {
            end++;
        }
        return end;
    }

    /// Characters from the beginning of column `from` to the end of the last before `end`.
    int span(int from, int end) {
        return sum(Arrays.copyOfRange(widths, from, end));
    }

    /// Makes room for the names of groups.
    private void widen(int[] some) {
        for (int i = 0; i < some.length; i = endOfGroup(i)) {
            int end = endOfGroup(i);
            int missing = column(i).group().length() - sum(Arrays.copyOfRange(some, i, end));
            some[i] += Math.max(0, missing);
        }
    }

    private static int sum(int[] some) {
        return Arrays.stream(some).sum() + GAP * Math.max(0, some.length - 1);
    }
}
