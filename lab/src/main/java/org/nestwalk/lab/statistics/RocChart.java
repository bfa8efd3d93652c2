package org.nestwalk.lab.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Series.Line;
import org.nestwalk.document.Series.Point;

/// Receiver operating characteristics as a picture: what is found at the price of what is taken for
/// it.
public final class RocChart {
    private static final Measure FALSELY =
            Measure.of("false alarms")
                    .in("part")
                    .meaning("of what is none, taken for one")
                    .lessIsBetter();
    private static final Measure FOUND = Measure.of("found").in("part").moreIsBetter();

    private RocChart() {}

    /// A curve from (0, 0) to (1, 1).
    ///
    /// @param points in the order of falling thresholds
    public static <P> Line line(
            String name, List<P> points, ToDoubleFunction<P> falsely, ToDoubleFunction<P> found) {
        List<Point> line = new ArrayList<>();
        line.add(new Point(0, 0));
        for (P point : points) {
            line.add(new Point(falsely.applyAsDouble(point), found.applyAsDouble(point)));
        }
        line.add(new Point(1, 1));
        return new Line(name, "", line.stream().distinct().toList());
    }

    /// Curves in one frame, beside the one of guessing.
    public static Series of(String name, List<Line> lines) {
        List<Line> all = new ArrayList<>(lines);
        all.add(
                new Line(
                        "guessing",
                        "",
                        lines.isEmpty() ? List.of() : List.of(new Point(0, 0), new Point(1, 1))));
        return Series.curves(name, FALSELY, FOUND, all);
    }
}
