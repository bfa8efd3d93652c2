package org.nestwalk.lab.calibrate;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.kvm.measure.Loads;
import org.nestwalk.kvm.measure.Replay;
import org.nestwalk.kvm.measure.Sampler;
import org.nestwalk.mmu.model.ProcessorModel;

/// A calibration in rounds that others have their turn between: what is done to a shared cache from
/// outside meets the loads that a machine is fitted to, and whatever else is measured, alike. Times
/// are medians of rounds, in place of a calibration's best.
public final class CalibrationRounds {
    /// Accesses at a time that the replay has to have room for.
    public static final int ACCESSES = OverlapMeasurement.ACCESSES;

    private final Clocks clocks;
    private final Sampler sampler;
    private final OverlapMeasurement overlaps;

    /// Of a host's own loads.
    ///
    /// @param loads from memory with small pages, and from memory with large ones
    /// @param replay accesses to the latter
    /// @param footprints of the curves, in bytes
    /// @param most rounds, at least 1
    public CalibrationRounds(
            Clocks clocks, List<Loads> loads, Replay replay, List<Long> footprints, int most) {
        this.clocks = clocks;
        sampler = new Sampler(clocks);
        loads.forEach(one -> add(sampler, one, footprints));
        overlaps = new OverlapMeasurement(clocks, loads, replay, most);
    }

    /// Adds the curves of all strides that tell something of `loads`.
    static void add(Sampler sampler, Loads loads, List<Long> footprints) {
        sampler.add(loads, LoadPattern.LINE, footprints);
        sampler.add(loads, PageSize.SIZE_4K.bytes(), footprints);
        if (loads.pages() == PageSize.SIZE_2M) {
            sampler.add(loads, PageSize.SIZE_2M.bytes(), footprints);
        }
    }

    /// How often a round asks whether to go on.
    public int steps() {
        return sampler.points() + 1;
    }

    /// Makes one more round.
    ///
    /// @param goOn asked before each step
    /// @return false if it was ended; it is no round then
    public boolean round(BooleanSupplier goOn) {
        if (!sampler.round(goOn) || !goOn.getAsBoolean()) {
            return false;
        }
        overlaps.repeat();
        return true;
    }

    /// The machine that fits what the rounds found, one of which has been made at least.
    ///
    /// @param splintered whether a hypervisor below backs all memory by small pages
    /// @param date of today, for the machine's sources
    public ProcessorModel machine(Host host, boolean splintered, String date) {
        return FittedMachine.of(host, clocks, sampler.typicalCurves(), overlaps, splintered, date)
                .model();
    }
}
