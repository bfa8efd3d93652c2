package org.nestwalk.lab.calibrate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.Curve;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.model.ProcessorModel;

/// The machine whose loads take as long as a host's do.
///
/// @param processor the host's name
/// @param fit of the native curves
/// @param overlap of accesses
/// @param text the machine as a file
record FittedMachine(String processor, Fit fit, Overlap overlap, String text) {
    /// Fits it.
    ///
    /// @param curves measured, native ones among them
    /// @param overlaps measured once at least
    /// @param splintered whether a hypervisor below backs all memory by small pages
    /// @param date of today, for the machine's sources
    static FittedMachine of(
            Host host,
            Clocks clocks,
            Map<Curve, List<Curve.Point>> curves,
            OverlapMeasurement overlaps,
            boolean splintered,
            String date) {
        Map<Curve, List<Curve.Point>> some = new LinkedHashMap<>();
        curves.forEach((curve, points) -> {
            if (curve.place() == Place.NATIVE) {
                some.put(curve, points);
            }
        });
        Fit fit = Fit.of(some, splintered);
        Overlap overlap = overlaps.overlap(fit.cache(Structures.CACHES));
        String model = host.processor("model name");
        String name = model.isEmpty() ? "an unnamed processor" : model;
        String text =
                MachineText.of(
                        fit,
                        overlap,
                        clocks.coreGHz(),
                        name + ", " + date,
                        host.processor("vendor_id").equals("AuthenticAMD") ? "NPT" : "EPT_AD");
        return new FittedMachine(name, fit, overlap, text);
    }

    /// The machine.
    ProcessorModel model() {
        return Machines.parse("calibrated.yaml", text).model();
    }
}
