package org.nestwalk.document.text;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Grid.Label;

/// A grid whose cells lead from one to the next of their row: their texts, with arrows between.
final class Steps {
    private Steps() {}

    /// The grid in lines of up to `room` characters, each ended by a newline: with whole headings
    /// and long arrows, where there is room for them.
    static String of(Grid grid, int room) {
        String wide = draw(lines(grid, true), "  ", "--> ");
        return wide.lines().allMatch(line -> line.length() <= room)
                ? wide
                : draw(lines(grid, false), "", "> ");
    }

    private static List<List<String>> lines(Grid grid, boolean whole) {
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        for (Label column : grid.columns()) {
            head.add(whole ? column.text() : column.name());
        }
        lines.add(head);
        for (Grid.Row row : grid.rows()) {
            List<String> line = new ArrayList<>(List.of(row.label().text()));
            row.cells().stream().map(Cell::text).forEach(line::add);
            lines.add(line);
        }
        return lines;
    }

    private static String draw(List<List<String>> lines, String indent, String arrow) {
        StringBuilder text = new StringBuilder();
        int[] widths = new int[lines.getFirst().size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        boolean heading = true;
        for (List<String> line : lines) {
            StringBuilder drawn = new StringBuilder(indent);
            for (int i = 0; i < widths.length; i++) {
                String cell = line.get(i);
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
}
