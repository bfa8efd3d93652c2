package org.nestwalk.lab.calibrate;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.measure.Curve;

/// A measured curve beside the simulated one.
///
/// @param curve what was measured
/// @param setup what it was simulated by, as [org.nestwalk.lab.setup.Setups#parse] takes it
/// @param points by footprint
public record ComparedCurve(Curve curve, String setup, List<Point> points) {
    /// The part by which a simulated time may miss the measured one to count as within.
    public static final double TOLERANCE = 0.2;

    /// Copies the list.
    public ComparedCurve {
        points = List.copyOf(points);
    }

    /// One footprint.
    ///
    /// @param measured with its time
    /// @param simulated nanoseconds of a load, or null if it was not simulated
    public record Point(Curve.Point measured, @Nullable Double simulated) {
        /// The part of the measured time that the simulated one is longer, or 0 if there is none.
        public double error() {
            return simulated == null ? 0 : simulated / measured.nanoseconds() - 1;
        }

        /// Whether it was simulated, and is within [#TOLERANCE].
        public boolean isWithin() {
            return simulated != null && Math.abs(error()) <= TOLERANCE;
        }
    }

    /// How many points were simulated.
    public long simulated() {
        return points.stream().filter(point -> point.simulated != null).count();
    }

    /// How many of them are within [#TOLERANCE].
    public long within() {
        return points.stream().filter(Point::isWithin).count();
    }
}
