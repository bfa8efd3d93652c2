package org.nestwalk.lab.labs.merging;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.guest.program.Program;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.merging.Consolidation.Means;
import org.nestwalk.lab.labs.merging.Consolidation.Outcome;
import org.nestwalk.lab.labs.merging.Consolidation.Scene;
import org.nestwalk.lab.labs.merging.MergingResult.Channel;
import org.nestwalk.lab.labs.merging.MergingResult.Moment;
import org.nestwalk.lab.labs.merging.MergingResult.Way;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.Cost;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// Guests on one host, a part of whose pages hold the same: what merging saves and costs over time,
/// beside forking them of one, and with patches.
public final class MergingExperiment implements Experiment<MergingResult> {
    static final String KSM = "KSM";
    static final String FAST = "KSM, faster";
    static final String PATCHES = "KSM, faster, and patches";
    static final String FORK = "fork";
    static final String BOTH = "fork, and KSM, faster";

    private static final long PAGE = GuestLayout.PAGE;
    private static final int SHOWN = 10;
    private static final String GUESTS = "guests";
    private static final String IMAGE = "image";
    private static final String EQUAL = "equal";
    private static final String ZERO = "zero";
    private static final String SIMILAR = "similar";
    private static final String WRITES = "writes";
    private static final String TIME = "time";
    private static final String BUSY = "busy";
    private static final String FACTOR = "faster";
    private static final String SEED = "seed";

    private static final Spec SPEC =
            new Spec(
                    "merging",
                    "What merging equal pages of guests saves, when, at what cost, beside fork.",
                    "simulated time in which guests are idle but for their programs' accesses,"
                        + " spread evenly over a part of it; blocking machine; guests without a"
                        + " kernel, which map 4-KiB pages; exits and software cost fixed numbers of"
                        + " cycles, which are assumptions; reading a page costs what zeroing one"
                        + " does; patches are counted, not stored in the simulated memory",
                    Workloads.programs("what each guest runs", "gups:footprint=2MiB,accesses=100k"),
                    List.of(
                            Machines.parameter("skylake-sp"),
                            Parameter.count(GUESTS, "guests on the host", 4, 2, 64),
                            Parameter.multiple(
                                    IMAGE,
                                    "what each guest has loaded at first",
                                    8L << 20,
                                    PAGE,
                                    64L << 10,
                                    256L << 20),
                            Parameter.number(
                                    EQUAL, "part of that which all guests hold", 0.4, 0, 1),
                            Parameter.number(ZERO, "part of that which is zeroes", 0.15, 0, 1),
                            Parameter.number(
                                    SIMILAR,
                                    "part of that which differs in an eighth of each page",
                                    0.15,
                                    0,
                                    1),
                            Parameter.number(
                                    WRITES,
                                    "writes of each guest to random pages of it, every second",
                                    20,
                                    0,
                                    10_000),
                            Parameter.number(TIME, "how long they run", 20, 0.1, 3600, "seconds"),
                            Parameter.number(
                                    BUSY,
                                    "part of that in which their programs run, at first",
                                    0.4,
                                    0.01,
                                    1),
                            Parameter.number(
                                    FACTOR,
                                    "some ways look at so many times as many pages as Linux",
                                    5,
                                    0.01,
                                    1000),
                            Parameter.seed("of contents and writes")));

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public MergingResult run(Laboratory laboratory, Arguments given) {
        double parts = given.number(EQUAL) + given.number(ZERO) + given.number(SIMILAR);
        if (parts > 1 + 1e-9) {
            throw given.bad(
                    EQUAL,
                    Figures.format(
                            "with what is zeroes and what is similar it is %.2f of the image; use"
                                    + " 1 or less in all",
                            parts));
        }
        ProcessorModel model = Timing.blocking(given);
        Program program = Workloads.program(given.text(Workloads.PROGRAM));
        GuestLayout layout =
                new GuestLayout(given.size(IMAGE), program.base(), program.footprint());
        Scene scene =
                new Scene(
                        model,
                        program,
                        given.whole(GUESTS),
                        layout,
                        new GuestImage(
                                given.number(EQUAL),
                                given.number(ZERO),
                                given.number(SIMILAR),
                                given.seed(SEED)),
                        Math.round(given.number(TIME) * 1e9),
                        given.number(BUSY),
                        given.number(WRITES));
        return run(laboratory, scene, given.number(FACTOR), given.seed(SEED));
    }

    static MergingResult run(Laboratory laboratory, Scene scene, double factor, long seed) {
        List<String> names = List.of("apart", KSM, FAST, PATCHES, FORK, BOTH);
        List<Means> means =
                List.of(
                        new Means(false, 0, false),
                        new Means(false, 1, false),
                        new Means(false, factor, false),
                        new Means(false, factor, true),
                        new Means(true, 0, false),
                        new Means(true, factor, false));
        List<Function<Meter, Outcome>> runs = new ArrayList<>();
        means.forEach(way -> runs.add(meter -> new Consolidation(scene, way).run(meter)));
        List<Outcome> outcomes = laboratory.inOrder(runs);
        Outcome apart = outcomes.getFirst();
        List<Way> ways = new ArrayList<>();
        for (int i = 1; i < outcomes.size(); i++) {
            ways.add(way(names.get(i), scene, apart, outcomes.get(i)));
        }
        return new MergingResult(
                scene.model().name(),
                scene.program().spec(),
                scene.guests(),
                scene.nanoseconds(),
                scene.layout().imagePages(),
                apart.taken().get(Consolidation.MOMENTS),
                apart.possible(),
                ways,
                finish(laboratory, () -> new DifferenceExample(scene.model(), seed).run()),
                finish(laboratory, () -> channel(scene.model(), seed)));
    }

    private static <T> List<T> finish(Laboratory laboratory, Supplier<List<T>> work) {
        return laboratory.isEnded() ? List.of() : work.get();
    }

    private static List<Channel> channel(ProcessorModel model, long seed) {
        WriteChannel channel = new WriteChannel(model, seed);
        return List.of(channel.run(false), channel.run(true));
    }

    private static Way way(String name, Scene scene, Outcome apart, Outcome outcome) {
        List<Moment> moments = new ArrayList<>();
        long half = -1;
        for (int i = 0; i <= Consolidation.MOMENTS; i++) {
            long at = scene.nanoseconds() * i / Consolidation.MOMENTS;
            long saved = saved(apart, outcome, i);
            if (half == -1 && 2 * saved >= apart.possible()) {
                half = at;
            }
            if (i % (Consolidation.MOMENTS / SHOWN) == 0) {
                moments.add(new Moment(at, saved));
            }
        }
        double software = outcome.account().cycles();
        return new Way(
                name,
                saved(apart, outcome, 0),
                saved(apart, outcome, Consolidation.MOMENTS),
                half,
                outcome.merges().merged(),
                outcome.merges().pagesScanned(),
                outcome.account().cycles(Cost.HOST_SCANNING),
                outcome.copies(),
                outcome.copyExits(),
                outcome.patches().rebuilt(),
                software / (scene.nanoseconds() * scene.model().costs().frequencyGHz()),
                moments);
    }

    private static long saved(Outcome apart, Outcome outcome, int moment) {
        return (apart.taken().get(moment) - outcome.taken().get(moment)) / PAGE;
    }

    @Override
    public Document document(MergingResult result) {
        return MergingDocument.of(result);
    }
}
