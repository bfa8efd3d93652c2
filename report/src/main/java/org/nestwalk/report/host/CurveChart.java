package org.nestwalk.report.host;

import java.util.List;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.calibrate.ComparedCurve;

/// A measured curve and the simulated one, drawn: time upward and footprint to the right, each by
/// constant factors.
final class CurveChart {
    private static final int HEIGHT = 12;
    private static final int COLUMNS = 2;
    private static final int MARGIN = 14;
    private static final char MEASURED = 'm';
    private static final char SIMULATED = 's';
    private static final char BOTH = '@';

    private CurveChart() {}

    /// What the letters mean.
    static String legend() {
        return "m is measured, s simulated, @ both; each row is the same factor above the one"
                + " below";
    }

    /// The chart in lines of up to `room` characters, between the smallest and the largest time of
    /// `curve`, which has points.
    static String of(ComparedCurve curve, int room) {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (ComparedCurve.Point point : curve.points()) {
            double measured = point.measured().nanoseconds();
            Double simulated = point.simulated();
            double other = simulated == null ? measured : simulated;
            least = Math.min(least, Math.min(measured, other));
            most = Math.max(most, Math.max(measured, other));
        }
        double step = Math.max(1.01, Math.pow(most / least, 1.0 / (HEIGHT - 1)));
        int columns = MARGIN + COLUMNS * curve.points().size() <= room ? COLUMNS : 1;
        int width = columns * curve.points().size();
        StringBuilder[] rows = new StringBuilder[HEIGHT];
        for (int row = 0; row < HEIGHT; row++) {
            rows[row] = new StringBuilder(" ".repeat(width));
        }
        for (int i = 0; i < curve.points().size(); i++) {
            ComparedCurve.Point point = curve.points().get(i);
            mark(rows, columns * i, row(point.measured().nanoseconds(), least, step), MEASURED);
            Double simulated = point.simulated();
            if (simulated != null) {
                mark(rows, columns * i, row(simulated, least, step), SIMULATED);
            }
        }
        StringBuilder text = new StringBuilder();
        for (int row = HEIGHT - 1; row >= 0; row--) {
            double time = least * Math.pow(step, row);
            text.append(Figures.format("  %7.1f ns |%s", time, rows[row]).stripTrailing());
            text.append('\n');
        }
        return text + axis(curve.points(), width);
    }

    private static int row(double time, double least, double step) {
        long row = Math.round(Math.log(time / least) / Math.log(step));
        return Math.clamp(row, 0, HEIGHT - 1);
    }

    private static void mark(StringBuilder[] rows, int column, int row, char mark) {
        boolean taken = rows[row].charAt(column) != ' ';
        rows[row].setCharAt(column, taken ? BOTH : mark);
    }

    private static String axis(List<ComparedCurve.Point> points, int width) {
        String from = Figures.bytes(points.getFirst().measured().bytes());
        String to = Figures.bytes(points.getLast().measured().bytes());
        int gap = Math.max(1, width - from.length() - to.length());
        return Figures.format(
                "  %10s +%s%n  %10s  %s%s%s%n",
                "", "-".repeat(width), "", from, " ".repeat(gap), to);
    }
}
