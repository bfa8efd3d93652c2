package org.nestwalk.document.text;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Table;

/// A table in lines: columns two spaces apart, headings over them, and as many parts below each
/// other, each with the labels of the rows, as the width makes necessary. Columns without a cell
/// are left out.
final class TableText {
    // Labels are broken into lines no narrower than this; or than this if groups do not fit beside.
    private static final int NARROW_LABEL = 20;
    private static final int NARROWEST_LABEL = 12;

    private final Table table;
    private final String indent;
    private final int width;
    private final StringBuilder text = new StringBuilder();
    private int narrowLabel = NARROW_LABEL;

    private TableText(Table table, String indent, int width) {
        this.table = table;
        this.indent = indent;
        this.width = width - indent.length();
    }

    /// The lines of `table`, each after `indent` and ended by a newline.
    static String of(Table table, String indent, int width) {
        TableText written = new TableText(table, indent, width);
        written.write();
        return written.text.toString();
    }

    private void write() {
        List<Integer> labels = new ArrayList<>();
        List<List<Integer>> units = new ArrayList<>();
        String group = "";
        for (int i = 0; i < table.columns().size(); i++) {
            Column column = table.columns().get(i);
            if (isEmpty(i)) {
                continue;
            }
            if (column.kind() == Column.Kind.LABEL) {
                labels.add(i);
            } else if (!column.group().isEmpty() && column.group().equals(group)) {
                units.getLast().add(i);
            } else {
                units.add(new ArrayList<>(List.of(i)));
            }
            group = column.group();
        }
        if (!units.stream().allMatch(unit -> fits(labels, unit))) {
            narrowLabel = NARROWEST_LABEL;
        }
        List<List<Integer>> parts = parts(labels, units);
        for (int i = 0; i < parts.size(); i++) {
            text.append(i == 0 ? "" : "\n");
            write(new TableWidths(table, parts.get(i), width, narrowLabel));
        }
    }

    private boolean isEmpty(int column) {
        return table.rows().stream().allMatch(row -> row.get(column).text().isEmpty());
    }

    /// Columns that fit the width, with the labels before each.
    private List<List<Integer>> parts(List<Integer> labels, List<List<Integer>> units) {
        List<List<Integer>> parts = new ArrayList<>();
        List<Integer> part = new ArrayList<>(labels);
        for (List<Integer> unit : units) {
            if (fits(part, unit)) {
                part.addAll(unit);
                continue;
            }
            if (part.size() > labels.size() && fits(labels, unit)) {
                parts.add(part);
                part = new ArrayList<>(labels);
                part.addAll(unit);
                continue;
            }
            for (int column : unit) {
                if (part.size() > labels.size() && !fits(part, List.of(column))) {
                    parts.add(part);
                    part = new ArrayList<>(labels);
                }
                part.add(column);
            }
        }
        parts.add(part);
        return parts;
    }

    private boolean fits(List<Integer> part, List<Integer> unit) {
        List<Integer> both = new ArrayList<>(part);
        both.addAll(unit);
        return new TableWidths(table, both, width, narrowLabel).least() <= width;
    }

    private void write(TableWidths widths) {
        groups(widths);
        List<List<String>> headings = new ArrayList<>();
        int most = 0;
        for (int i = 0; i < widths.count(); i++) {
            headings.add(Wrapping.lines(widths.column(i).heading(), widths.of(i)));
            most = Math.max(most, headings.getLast().size());
        }
        if (headings.stream().anyMatch(lines -> !lines.equals(List.of("")))) {
            for (List<String> lines : headings) {
                while (lines.size() < most) {
                    lines.addFirst("");
                }
            }
            lines(widths, headings, most);
        }
        for (List<Cell> row : table.rows()) {
            List<List<String>> cells = new ArrayList<>();
            int height = 1;
            for (int i = 0; i < widths.count(); i++) {
                String cell = row.get(widths.index(i)).text();
                boolean whole = widths.column(i).kind() == Column.Kind.NUMBER;
                cells.add(whole ? List.of(cell) : Wrapping.lines(cell, widths.of(i)));
                height = Math.max(height, cells.getLast().size());
            }
            lines(widths, cells, height);
        }
    }

    private void lines(TableWidths widths, List<List<String>> cells, int height) {
        for (int number = 0; number < height; number++) {
            StringBuilder line = new StringBuilder(indent);
            for (int i = 0; i < widths.count(); i++) {
                String cell = number < cells.get(i).size() ? cells.get(i).get(number) : "";
                int padding = Math.max(0, widths.of(i) - cell.length());
                boolean right = widths.column(i).kind() == Column.Kind.NUMBER;
                line.repeat(' ', right ? padding : 0).append(cell);
                line.repeat(' ', right ? 2 : padding + 2);
            }
            end(line);
        }
    }

    /// The line of groups, each in the middle over its columns.
    private void groups(TableWidths widths) {
        StringBuilder line = new StringBuilder(indent);
        for (int i = 0; i < widths.count(); ) {
            int end = widths.endOfGroup(i);
            int span = widths.span(i, end);
            String group = widths.column(i).group();
            int dashes = span - group.length() - 2;
            if (group.isEmpty() || dashes < 2) {
                int padding = span - group.length();
                line.repeat(' ', padding / 2).append(group).repeat(' ', padding - padding / 2);
            } else {
                line.repeat('-', dashes / 2).append(' ').append(group).append(' ');
                line.repeat('-', dashes - dashes / 2);
            }
            line.append("  ");
            i = end;
        }
        if (!line.toString().isBlank()) {
            end(line);
        }
    }

    private void end(StringBuilder line) {
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
