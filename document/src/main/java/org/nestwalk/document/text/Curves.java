package org.nestwalk.document.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Measure.Scale;
import org.nestwalk.document.Series;

/// Lines of figures in one frame: a mark for each point, another one for each line.
final class Curves {
    private static final int HEIGHT = 12;
    private static final int LEAST_COLUMNS = 24;
    private static final int MOST_COLUMNS = 100;
    private static final String INDENT = "  ";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
    private static final char SEVERAL = '@';
    private static final char SINGLE = '*';

    private final Series series;
    private final double left;
    private final double right;
    private final double least;
    private final double most;
    private final int labels;
    private final int columns;

    private Curves(Series series, int room) {
        this.series = series;
        left = series.rangeOfX().getMin();
        right = series.rangeOfX().getMax();
        least = series.rangeOfY().getMin();
        most = series.rangeOfY().getMax();
        int widest = 0;
        for (int row = 0; row < HEIGHT; row++) {
            widest = Math.max(widest, label(row).length());
        }
        labels = widest;
        long positions =
                series.lines().stream()
                        .flatMap(line -> line.points().stream())
                        .mapToDouble(Series.Point::x)
                        .distinct()
                        .count();
        int margin = INDENT.length() + labels + 2;
        columns =
                Math.clamp(
                        2 * positions,
                        LEAST_COLUMNS,
                        Math.max(LEAST_COLUMNS, Math.min(room, MOST_COLUMNS) - margin));
    }

    /// The frame in lines of up to `room` characters.
    static String of(Series series, int room) {
        return new Curves(series, room).draw();
    }

    private String draw() {
        StringBuilder[] rows = new StringBuilder[HEIGHT];
        for (int row = 0; row < HEIGHT; row++) {
            rows[row] = new StringBuilder(" ".repeat(columns));
        }
        List<Character> marks = marks(series);
        for (int i = 0; i < marks.size(); i++) {
            for (Series.Point point : series.lines().get(i).points()) {
                int column = place(series.x(), point.x(), left, right, columns);
                int row = place(series.y(), point.y(), least, most, HEIGHT);
                char there = rows[row].charAt(column);
                boolean taken = there != ' ' && there != marks.get(i);
                rows[row].setCharAt(column, taken ? SEVERAL : marks.get(i));
            }
        }
        StringBuilder text = new StringBuilder();
        if (!series.y().name().isEmpty()) {
            text.append(INDENT).append(series.y().name()).append('\n');
        }
        for (int row = HEIGHT - 1; row >= 0; row--) {
            text.append(line(label(row), "|" + rows[row]));
        }
        text.append(line("", "+" + "-".repeat(columns)));
        return text.append(line("", " " + axis())).toString();
    }

    private String line(String label, String rest) {
        String line = INDENT + " ".repeat(labels - label.length()) + label + " " + rest;
        return line.stripTrailing() + "\n";
    }

    private String label(int row) {
        return series.y().text(series.y().at((double) row / (HEIGHT - 1), least, most));
    }

    private String axis() {
        String from = series.x().text(left);
        String to = series.x().text(right);
        String name = series.x().name();
        int free = columns - from.length() - to.length();
        if (free < name.length() + 2 || name.isEmpty()) {
            return from + " ".repeat(Math.max(1, free)) + to;
        }
        int before = (free - name.length()) / 2;
        int after = free - name.length() - before;
        return from + " ".repeat(before) + name + " ".repeat(after) + to;
    }

    private static int place(Measure measure, double value, double from, double to, int places) {
        long place = Math.round(measure.place(value, from, to) * (places - 1));
        return Math.clamp(place, 0, places - 1);
    }

    /// What marks and rows mean, one sentence without a full stop.
    static String legend(Series series) {
        List<Character> marks = marks(series);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < marks.size(); i++) {
            parts.add(marks.get(i) + " is " + series.lines().get(i).name());
        }
        if (marks.size() > 1) {
            parts.add(SEVERAL + (marks.size() == 2 ? " both" : " several"));
        }
        String rows =
                series.y().scale() == Scale.LOGARITHMIC && series.rangeOfY().getMin() > 0
                        ? "; each row is the same factor above the one below"
                        : "";
        return String.join(", ", parts) + rows;
    }

    /// The first letters of the lines' names, if these differ; otherwise letters in order.
    private static List<Character> marks(Series series) {
        if (series.lines().size() == 1) {
            return List.of(SINGLE);
        }
        List<Character> marks = new ArrayList<>();
        for (Series.Line line : series.lines()) {
            char first = line.name().toLowerCase(Locale.ROOT).charAt(0);
            if (LETTERS.indexOf(first) >= 0 && !marks.contains(first)) {
                marks.add(first);
            }
        }
        if (marks.size() < series.lines().size()) {
            marks.clear();
            for (int i = 0; i < series.lines().size(); i++) {
                marks.add(LETTERS.charAt(i % LETTERS.length()));
            }
        }
        return marks;
    }
}
