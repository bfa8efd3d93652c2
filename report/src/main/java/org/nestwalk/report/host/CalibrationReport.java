package org.nestwalk.report.host;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.kvm.measure.Sampler;
import org.nestwalk.lab.calibrate.CalibrationResult;
import org.nestwalk.lab.calibrate.ComparedCurve;

/// A calibration as JSON.
///
/// @param nestwalk its version
/// @param processor its name
/// @param coreGHz the core's clock
/// @param tscGHz the time-stamp counter's
/// @param rounds of measuring
/// @param burst loads of a burst
/// @param quantile of a point's bursts that is its time
/// @param stable whether more rounds would have changed little
/// @param overlap of accesses
/// @param curves measured and simulated
/// @param nativePoints agreement natively
/// @param guestPoints agreement in the guest
/// @param missing a sentence for each thing that could not be measured
/// @param machine the fitted machine, as YAML
public record CalibrationReport(
        String nestwalk,
        String processor,
        double coreGHz,
        double tscGHz,
        int rounds,
        int burst,
        double quantile,
        boolean stable,
        OverlapReport overlap,
        List<CurveReport> curves,
        Agreement nativePoints,
        Agreement guestPoints,
        List<String> missing,
        String machine) {
    /// Copies the lists.
    public CalibrationReport {
        curves = List.copyOf(curves);
        missing = List.copyOf(missing);
    }

    /// How many points were simulated, and how many of them within 20 % of what was measured.
    ///
    /// @param simulated points
    /// @param within of these, those within 20 %
    public record Agreement(long simulated, long within) {}

    /// A curve.
    ///
    /// @param place `native` or `guest`
    /// @param pages size of the pages
    /// @param stride bytes of which one line is loaded
    /// @param setup by which it was simulated
    /// @param points by footprint
    public record CurveReport(
            String place, String pages, long stride, String setup, List<PointReport> points) {
        /// Copies the list.
        public CurveReport {
            points = List.copyOf(points);
        }
    }

    /// A point.
    ///
    /// @param bytes footprint
    /// @param measured nanoseconds of a load
    /// @param spread distance of the bursts' quartiles, for a nanosecond of their median
    /// @param simulated nanoseconds, or null if not simulated
    /// @param error the part of the measured time that the simulated one is longer, likewise
    public record PointReport(
            long bytes,
            double measured,
            double spread,
            @Nullable Double simulated,
            @Nullable Double error) {}

    /// The report of a result.
    public static CalibrationReport of(CalibrationResult result, String version) {
        return new CalibrationReport(
                version,
                result.processor(),
                result.clocks().coreGHz(),
                result.clocks().ticksPerNanosecond(),
                result.rounds(),
                Sampler.BURST,
                Sampler.QUANTILE,
                result.stable(),
                OverlapReport.of(result.overlap()),
                result.curves().stream().map(CalibrationReport::curve).toList(),
                agreement(result, Place.NATIVE),
                agreement(result, Place.GUEST),
                result.missing(),
                result.machine());
    }

    private static Agreement agreement(CalibrationResult result, Place place) {
        return new Agreement(result.simulated(place), result.within(place));
    }

    private static CurveReport curve(ComparedCurve curve) {
        return new CurveReport(
                curve.curve().place().name().toLowerCase(Locale.ROOT),
                curve.curve().pages().label(),
                curve.curve().stride(),
                curve.setup(),
                curve.points().stream().map(CalibrationReport::point).toList());
    }

    private static PointReport point(ComparedCurve.Point point) {
        return new PointReport(
                point.measured().bytes(),
                point.measured().nanoseconds(),
                point.measured().spread(),
                point.simulated(),
                point.simulated() == null ? null : point.error());
    }
}
