package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.List;

/// The table that is printed: a heading, and the lines in columns.
final class ResultTable {
    private static final List<String> HEADING =
            List.of("work", "stream", "Nestwalk", "against", "ratio (range)", "target", "met?");
    private static final int FIRST_NUMBER = 2;
    private static final int LAST_NUMBER = 4;

    private ResultTable() {}

    /// The table of `lines`, each line ended by a newline.
    static String text(List<Line> lines) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADING);
        for (Line line : lines) {
            rows.add(
                    List.of(
                            line.work(),
                            line.stream(),
                            line.ours(),
                            line.theirs(),
                            line.ratio(),
                            line.target(),
                            line.met()));
        }
        int[] widths = new int[HEADING.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            text.append(line(row, widths)).append('\n');
        }
        return text.toString();
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - row.get(i).length());
            boolean number = i >= FIRST_NUMBER && i <= LAST_NUMBER;
            line.append(number ? padding : "").append(row.get(i)).append(number ? "" : padding);
            line.append("  ");
        }
        return line.toString().stripTrailing();
    }
}
