package org.nestwalk.report.host;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Series.Line;
import org.nestwalk.document.Series.Point;
import org.nestwalk.lab.calibrate.ComparedCurve;

/// A measured curve and the simulated one: time over footprint, each by factors.
final class CurveChart {
    private static final Measure FOOTPRINT = Measure.of("footprint").in("bytes").logarithmic();
    private static final Measure TIME = Measure.of("time of a load").in("ns").logarithmic();

    private CurveChart() {}

    /// The chart of `curve`.
    ///
    /// @param name what the curve is of
    static Series of(ComparedCurve curve, String name) {
        List<Point> measured = new ArrayList<>();
        List<Point> simulated = new ArrayList<>();
        for (ComparedCurve.Point point : curve.points()) {
            double bytes = point.measured().bytes();
            measured.add(new Point(bytes, point.measured().nanoseconds()));
            Double time = point.simulated();
            if (time != null) {
                simulated.add(new Point(bytes, time));
            }
        }
        return Series.curves(
                name,
                FOOTPRINT,
                TIME,
                List.of(new Line("measured", "", measured), new Line("simulated", "", simulated)));
    }
}
