package org.nestwalk.report;

import java.util.ArrayList;
import java.util.List;

/// Rows of text in columns as wide as their longest cell, two spaces apart, without trailing
/// spaces.
public final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();
    private final List<Integer> widths = new ArrayList<>();
    private boolean numeric;

    /// Adds a row; rows may have different numbers of cells.
    public TextTable row(String... cells) {
        for (int i = 0; i < cells.length; i++) {
            int length = cells[i].length();
            if (i == widths.size()) {
                widths.add(length);
            } else {
                widths.set(i, Math.max(widths.get(i), length));
            }
        }
        rows.add(List.of(cells));
        return this;
    }

    /// Aligns all columns but the first to the right, as numbers are read.
    public TextTable numeric() {
        numeric = true;
        return this;
    }

    /// The table, each line after `indent` and ended by a newline.
    public String text(String indent) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int i = 0; i < row.size(); i++) {
                int padding = widths.get(i) - row.get(i).length();
                boolean right = numeric && i > 0;
                line.repeat(' ', right ? padding : 0).append(row.get(i));
                line.repeat(' ', right ? 2 : padding + 2);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
