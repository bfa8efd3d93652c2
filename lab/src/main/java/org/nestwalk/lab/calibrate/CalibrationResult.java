package org.nestwalk.lab.calibrate;

import java.util.List;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.Loads.Place;

/// What a calibration has found.
///
/// @param processor its name
/// @param clocks of the host
/// @param rounds of measuring
/// @param stable whether more rounds would have changed little
/// @param fit of the native curves
/// @param overlap of accesses
/// @param machine the fitted machine as a file
/// @param curves measured and simulated
/// @param missing a sentence for each thing that could not be measured, or not as it should
public record CalibrationResult(
        String processor,
        Clocks clocks,
        int rounds,
        boolean stable,
        Fit fit,
        Overlap overlap,
        String machine,
        List<ComparedCurve> curves,
        List<String> missing) {
    /// Copies the lists.
    public CalibrationResult {
        curves = List.copyOf(curves);
        missing = List.copyOf(missing);
    }

    /// How many points of a place were simulated.
    public long simulated(Place place) {
        return curves.stream()
                .filter(curve -> curve.curve().place() == place)
                .mapToLong(ComparedCurve::simulated)
                .sum();
    }

    /// How many of them are within [ComparedCurve#TOLERANCE].
    public long within(Place place) {
        return curves.stream()
                .filter(curve -> curve.curve().place() == place)
                .mapToLong(ComparedCurve::within)
                .sum();
    }
}
