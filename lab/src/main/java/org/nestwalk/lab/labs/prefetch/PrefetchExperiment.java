package org.nestwalk.lab.labs.prefetch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.hypervisor.prefetch.PrefetchSettings;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.Row;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// What a program waits for when it touches memory for the first time: backed on demand, around and
/// ahead of faults, as it has announced, or before it runs; and what wrong hints cost.
public final class PrefetchExperiment implements Experiment<PrefetchResult> {
    private static final String SIMULATED = "sim";
    private static final String ON = "on";
    private static final String PAGES = "pages";
    private static final String PATTERN = "pattern";
    private static final String WAY = "way";
    private static final String CHUNK = "chunk";
    private static final String AROUND = "around";
    private static final String JOB = "job";
    private static final String LEAD = "lead";
    private static final String HOSTILE = "hostile";
    private static final String SEED = "seed";
    private static final double MICROSECOND = 1e3;

    private static final Spec SPEC =
            new Spec(
                    "prefetch",
                    "Memory backed before it is touched, because the guest says so; and wrong"
                            + " hints.",
                    VmRun.BLOCKING_MODEL
                            + "; a CPU that backs pages beside the guest takes for each what"
                            + " mapping and zeroing cost; on KVM touches are timed in the guest",
                    null,
                    List.of(
                            Parameter.choice(ON, "what it runs on", SIMULATED, "kvm"),
                            Machines.parameter("skylake-sp").onlyWith(ON, SIMULATED),
                            Parameter.count(
                                    PAGES,
                                    "4K pages that the program touches, each once; they are in a"
                                            + " range of twice as many",
                                    4096,
                                    1,
                                    1 << 18),
                            Parameter.of(
                                            PATTERN,
                                            "in which order",
                                            new Domain.Choice(Pattern.labels()),
                                            "sequential")
                                    .by(Pattern.labels().toArray(String[]::new))
                                    .several(),
                            Parameter.of(
                                            WAY,
                                            "how memory is backed",
                                            new Domain.Choice(Way.labels()),
                                            "demand")
                                    .by(Way.labels().toArray(String[]::new))
                                    .several()
                                    .onlyWith(ON, SIMULATED),
                            Parameter.count(
                                            CHUNK,
                                            "4K pages that one call of a hint looks at",
                                            512,
                                            1,
                                            1 << 18)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.count(
                                            AROUND,
                                            "4K pages of fault-around, a power of two",
                                            16,
                                            1,
                                            512)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.count(
                                    JOB,
                                    "4K pages that each activation of a periodic task touches",
                                    16,
                                    1,
                                    1 << 18),
                            Parameter.number(
                                            LEAD,
                                            "microseconds between a hint and the first touch",
                                            1000,
                                            0,
                                            1e9)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.count(HOSTILE, "hostile hints", 10_000, 1, 100_000_000)
                                    .onlyWith(ON, SIMULATED),
                            Parameter.seed("of the random order and of hostile hints")));

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public PrefetchResult run(Laboratory laboratory, Arguments given) {
        List<Pattern> patterns = given.texts(PATTERN).stream().map(Pattern::of).toList();
        return given.text(ON).equals(SIMULATED)
                ? simulated(laboratory, given, patterns)
                : measured(laboratory, given, patterns);
    }

    private static PrefetchResult simulated(
            Laboratory laboratory, Arguments given, List<Pattern> patterns) {
        int window = given.whole(AROUND);
        if (Integer.bitCount(window) != 1) {
            throw InputException.of(
                    AROUND, "%d pages are no power of two; use 16, for example".formatted(window));
        }
        ProcessorModel model = Timing.blocking(given);
        int pages = given.whole(PAGES);
        PrefetchSettings settings = PrefetchSettings.DEFAULT.withChunk(given.whole(CHUNK));
        // Who asks for no more than it will touch is not to be capped here.
        PrefetchSettings ample =
                settings.withAllowance(
                        Math.max(settings.burstPages(), 2L * pages), settings.pagesPerSecond());
        long lead = (long) (given.number(LEAD) * MICROSECOND);
        SimulatedTouches touches =
                new SimulatedTouches(
                        model, pages, ample, window, job(given), lead, given.seed(SEED));
        List<Function<Meter, Row>> parts = new ArrayList<>();
        for (Pattern pattern : patterns) {
            for (String way : given.texts(WAY)) {
                parts.add(meter -> touches.row(pattern, Way.of(way), meter));
            }
        }
        List<Row> rows = laboratory.inOrder((long) pages * parts.size(), parts);
        WrongHints wrong =
                new WrongHints(model, pages, ample, given.whole(HOSTILE), given.seed(SEED));
        return new PrefetchResult(
                model.name(),
                "cycles",
                pages,
                settings.chunkPages(),
                job(given),
                lead,
                null,
                rows,
                laboratory.isEnded() ? null : wrong.all());
    }

    private static PrefetchResult measured(
            Laboratory laboratory, Arguments given, List<Pattern> patterns) {
        int pages = given.whole(PAGES);
        List<String> missing = new ArrayList<>();
        MeasuredTouches touches = new MeasuredTouches(pages, job(given), given.seed(SEED));
        List<Row> rows =
                laboratory
                        .inOrder(
                                List.<Function<Meter, List<Row>>>of(
                                        meter -> touches.rows(patterns, missing, meter)))
                        .getFirst();
        return new PrefetchResult(
                null,
                "ns",
                pages,
                null,
                job(given),
                null,
                missing.isEmpty() ? null : missing.stream().distinct().toList(),
                rows,
                null);
    }

    /// Pages of an activation: no more than the program touches.
    private static int job(Arguments given) {
        return Math.min(given.whole(JOB), given.whole(PAGES));
    }

    @Override
    public Document document(PrefetchResult result) {
        return PrefetchDocument.of(result);
    }
}
