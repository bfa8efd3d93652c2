package org.nestwalk.lab.calibrate;

import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.document.Figures;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.measure.Sampler;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// What a calibration can be asked: each parameter once, with its bounds, its default and what it
/// is for.
public final class CalibrateParameters {
    private static final String QUICK = "quick";
    private static final String FOOTPRINT = "footprint";
    private static final String SECONDS = "seconds";
    private static final String NO_GUEST = "no-guest";

    private static final long LEAST_FOOTPRINT = 4L << 20;
    private static final long MOST_FOOTPRINT = 1L << 40;
    private static final long QUICK_FOOTPRINT = 128L << 20;
    private static final int QUICK_SECONDS = 3;
    private static final int USUAL_SECONDS = 80;
    private static final long NANOSECONDS = 1_000_000_000;

    private static final Experiment.Spec SPEC =
            new Experiment.Spec(
                    "calibrate",
                    "What dependent random loads cost on this host, and the machine that fits.",
                    "measured on the host, and simulated on the machine that fits",
                    null,
                    List.of(
                            Parameter.flag(
                                    QUICK,
                                    "about ten seconds: fewer and smaller footprints (128 MiB), and"
                                            + " fewer rounds"),
                            Parameter.optional(
                                    FOOTPRINT,
                                    "the largest footprint, 4GiB or a quarter of the available"
                                            + " memory unless given",
                                    new Domain.Size(LEAST_FOOTPRINT, MOST_FOOTPRINT, 1)),
                            Parameter.optional(
                                    SECONDS,
                                    "seconds to measure at most, beside preparations: "
                                            + USUAL_SECONDS
                                            + " unless given, if quick "
                                            + QUICK_SECONDS,
                                    new Domain.Count(1, 3600)),
                            Parameter.flag(NO_GUEST, "measures natively only")));

    private CalibrateParameters() {}

    /// What is asked.
    public static Experiment.Spec spec() {
        return SPEC;
    }

    /// What values of all parameters ask for on `host`.
    ///
    /// @throws InputException if the host has not the memory for it
    public static CalibrationOptions options(Arguments given, Host host) {
        long available = host.memory("MemAvailable");
        long room = CalibrationOptions.roomFor(available);
        if (room < LEAST_FOOTPRINT) {
            throw new InputException(
                    "too little memory to measure: %s are available"
                            .formatted(Figures.bytes(available)));
        }
        boolean quick = given.flag(QUICK);
        long usual = quick ? QUICK_FOOTPRINT : CalibrationOptions.MOST_BYTES;
        long limit =
                given.has(SECONDS) ? given.count(SECONDS) : quick ? QUICK_SECONDS : USUAL_SECONDS;
        return new CalibrationOptions(
                given.has(FOOTPRINT) ? footprint(given, room) : Math.min(usual, room),
                quick ? 1 : 2,
                !given.flag(NO_GUEST),
                quick
                        ? new Sampler.Limits(2, 20, limit * NANOSECONDS)
                        : new Sampler.Limits(4, 40, limit * NANOSECONDS));
    }

    private static long footprint(Arguments given, long room) {
        long bytes = given.size(FOOTPRINT);
        if (bytes > room) {
            throw given.bad(
                    FOOTPRINT,
                    "%s is more than %s, a quarter of the available memory"
                            .formatted(given.text(FOOTPRINT), Figures.bytes(room)));
        }
        return bytes & -(2L << 20);
    }
}
