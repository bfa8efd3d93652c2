package org.nestwalk.lab.labs.validate;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.measure.Loads.Place;
import org.nestwalk.lab.calibrate.CalibrationOptions;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// Ratios of programs' times on this host, measured, and as the machine predicts them that was
/// calibrated here: programs as machine code with the dependence that they declare, over pages of
/// 4K and 2M, of several sizes, natively or in a guest of the host's KVM.
public final class ValidateExperiment implements Experiment<ValidateResult> {
    private static final String ON = "on";
    private static final String NATIVE = "host";
    private static final String GUEST = "kvm";
    private static final String FOOTPRINT = "footprint";
    private static final String ROUNDS = "rounds";
    private static final String ACCESSES = "accesses";
    private static final String SEED = "seed";
    private static final long LEAST = 4L << 20;
    private static final long MOST = 1L << 40;

    private static final Spec SPEC =
            new Spec(
                    "validate",
                    "What the model predicts of programs on this host, beside what they take here.",
                    "on the host: times differ from run to run; programs are loops of machine code"
                            + " that make their accesses with the dependence that they declare, and"
                            + " 32 instructions with each",
                    Workloads.programs(
                                    "programs without their footprint",
                                    "gups",
                                    "pointer-chase",
                                    "btree",
                                    "zipf",
                                    "sequential",
                                    "hash-join:phase=probe")
                            .several(),
                    List.of(
                            Parameter.choice(
                                    ON, "natively, or in a guest of its KVM beside", NATIVE, GUEST),
                            Parameter.optional(
                                    Experiment.MACHINE,
                                    "a YAML file that calibrate has written here before; calibrates"
                                            + " in the same rounds unless given",
                                    new Domain.Text("M", "", text -> text)),
                            Parameter.optional(
                                    FOOTPRINT,
                                    "the largest program, 4GiB or a quarter of the available memory"
                                            + " unless given; others have a quarter, and so on",
                                    new Domain.Size(LEAST, MOST, 1)),
                            Parameter.count(ROUNDS, "how often each case is measured", 7, 1, 1_000),
                            Parameter.count(
                                    ACCESSES,
                                    "of each case that are timed in a round, and predicted",
                                    262_144,
                                    Measured.PIECE,
                                    1 << 24),
                            Parameter.seed("of everything random in the machine")));

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public ValidateResult run(Laboratory laboratory, Arguments given) {
        Host host = Host.running();
        List<String> programs = given.texts(Workloads.PROGRAM).stream().distinct().toList();
        List<Long> sizes = sizes(footprint(given, host));
        Place place = given.text(ON).equals(GUEST) ? Place.GUEST : Place.NATIVE;
        ValidateRun.Options options =
                new ValidateRun.Options(
                        place,
                        programs,
                        sizes,
                        given.has(Experiment.MACHINE) ? given.text(Experiment.MACHINE) : null,
                        given.whole(ROUNDS),
                        given.whole(ACCESSES) / Measured.PIECE,
                        given.seed(SEED));
        check(options);
        return new ValidateRun(host, options, laboratory).run();
    }

    /// Checks that each program runs with each size, before anything is measured.
    private static void check(ValidateRun.Options options) {
        for (Case one : options.cases(options.place())) {
            if (one.program().matches(".*[:,]footprint=.*")) {
                throw InputException.of(
                        FOOTPRINT,
                        "'%s' has a footprint of its own; leave it out, since every program runs in"
                                        .formatted(one.program())
                                + " several sizes");
            }
            var _ = Workloads.program(one.spec()).open();
        }
    }

    private static long footprint(Arguments given, Host host) {
        long room = CalibrationOptions.roomFor(host.memory("MemAvailable"));
        if (!given.has(FOOTPRINT)) {
            if (room < LEAST) {
                throw new InputException(
                        "too little memory to measure: %s are room for"
                                .formatted(Figures.bytes(room)));
            }
            return Math.min(CalibrationOptions.MOST_BYTES, room);
        }
        long bytes = given.size(FOOTPRINT);
        if (bytes > room) {
            throw given.bad(
                    FOOTPRINT,
                    "%s is more than %s, a quarter of the available memory"
                            .formatted(given.text(FOOTPRINT), Figures.bytes(room)));
        }
        return bytes & -(2L << 20);
    }

    /// Up to four, each four times the one before.
    static List<Long> sizes(long largest) {
        List<Long> sizes = new ArrayList<>();
        for (long bytes = largest; bytes >= LEAST && sizes.size() < 4; bytes >>= 2) {
            sizes.addFirst(bytes & -(2L << 20));
        }
        return sizes;
    }

    @Override
    public Document document(ValidateResult result) {
        return ValidateDocument.of(result);
    }
}
