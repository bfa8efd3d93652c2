package org.nestwalk.document;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// One or more lines of figures over another figure, such as nanoseconds over bytes.
///
/// @param name what it shows, as a title
/// @param x what the figures are over
/// @param y what the figures of all lines are
/// @param lines one or more, of names that differ
/// @param form how it is drawn
public record Series(String name, Measure x, Measure y, List<Line> lines, Form form)
        implements Block {
    /// How lines are drawn.
    public enum Form {
        /// In one frame, `y` upward and `x` to the right.
        CURVES,
        /// Each in a strip of its own, darker where `y` is greater; `x` to the right.
        BANDS
    }

    /// A line.
    ///
    /// @param name of the line
    /// @param meaning one phrase; empty where the name says it
    /// @param points in the order of `x`; where a line has no figure, there is no point
    public record Line(String name, String meaning, List<Point> points) {
        /// Copies the list.
        public Line {
            points = List.copyOf(points);
        }

        /// The figure at `x`, as if it changed evenly between points, and not before the first and
        /// after the last; 0 if there are no points.
        public double at(double x) {
            Point before = null;
            for (Point point : points) {
                if (point.x() >= x) {
                    if (before == null || point.x() == x) {
                        return point.y();
                    }
                    double part = (x - before.x()) / (point.x() - before.x());
                    return before.y() + part * (point.y() - before.y());
                }
                before = point;
            }
            return before == null ? 0 : before.y();
        }
    }

    /// A point of a line.
    ///
    /// @param x where
    /// @param y the figure
    public record Point(double x, double y) {}

    /// Copies the list.
    public Series {
        lines = List.copyOf(lines);
    }

    /// Lines in one frame.
    public static Series curves(String name, Measure x, Measure y, List<Line> lines) {
        return new Series(name, x, y, lines, Form.CURVES);
    }

    /// Lines each in a strip.
    public static Series bands(String name, Measure x, Measure y, List<Line> lines) {
        return new Series(name, x, y, lines, Form.BANDS);
    }

    /// Whether no line has a point.
    public boolean isEmpty() {
        return lines.stream().allMatch(line -> line.points().isEmpty());
    }

    /// The least and the greatest `x`.
    public DoubleSummaryStatistics rangeOfX() {
        return range(Point::x);
    }

    /// The least and the greatest `y`.
    public DoubleSummaryStatistics rangeOfY() {
        return range(Point::y);
    }

    private DoubleSummaryStatistics range(ToDoubleFunction<Point> of) {
        return lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(of)
                .summaryStatistics();
    }
}
