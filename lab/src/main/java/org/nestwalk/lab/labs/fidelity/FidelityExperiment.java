package org.nestwalk.lab.labs.fidelity;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Document;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.fidelity.FidelityResult.Ablated;
import org.nestwalk.lab.labs.fidelity.FidelityResult.Row;
import org.nestwalk.lab.labs.fidelity.Trial.Outcome;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// Published ratios of run times beside those of the model, from one set of parameters for each
/// machine: how far its times can be trusted.
public final class FidelityExperiment implements Experiment<FidelityResult> {
    private static final String SOURCE = "source";
    private static final String ONLY = "only";
    private static final String ALL = "all";
    private static final String ACCESSES = "accesses";
    private static final String REMOTE = "remote";
    private static final String LOADED = "loaded";
    private static final String ABLATIONS = "ablations";
    private static final String SEED = "seed";
    private static final String YES = "yes";

    /// What a figure may deviate by without being called missed.
    static final double MISSED = 0.15;

    private static final String MODEL =
            "programs have the sizes of the sources, in memory that they have initialised before;"
                    + " one CPU has the last-level cache to itself; remote and loaded memory take"
                    + " as much longer for all references, by whatever CPU";

    private static final int USUAL_ACCESSES = 300_000;
    private static final double USUAL_REMOTE = 1.65;
    private static final double USUAL_LOADED = 3.5;

    private static final Spec SPEC =
            new Spec(
                    "fidelity",
                    "Published ratios of run times beside the model's.",
                    MODEL,
                    null,
                    List.of(
                            Parameter.choice(
                                    SOURCE,
                                    "whose figures",
                                    ALL,
                                    "vmitosis",
                                    "mitosis",
                                    "bhargava"),
                            Parameter.choice(
                                    ONLY,
                                    "of which program",
                                    ALL,
                                    "gups",
                                    "btree",
                                    "xsbench",
                                    "hash-join"),
                            Parameter.count(
                                    ACCESSES,
                                    "of each trial that are measured, after those that fill caches",
                                    USUAL_ACCESSES,
                                    1_000,
                                    1_000_000_000),
                            Timing.parameter(),
                            Parameter.choice(
                                    ABLATIONS,
                                    "whether to show each figure without parts of the model, too,"
                                            + " which takes six times as long",
                                    "no",
                                    YES),
                            Parameter.number(
                                    REMOTE,
                                    "latency of remote memory, in units of local idle memory's",
                                    USUAL_REMOTE,
                                    1,
                                    Topology.MOST_REMOTE),
                            Parameter.number(
                                    LOADED,
                                    "the same if another tenant loads its node",
                                    USUAL_LOADED,
                                    1,
                                    Topology.MOST_LOADED),
                            Parameter.seed("of everything random")));

    @Override
    public Spec spec() {
        return SPEC;
    }

    private record Done(Ablation ablation, Trial trial, Outcome outcome) {}

    @Override
    public FidelityResult run(Laboratory laboratory, Arguments given) {
        Trial.Options options =
                new Trial.Options(
                        given.count(ACCESSES),
                        given.number(REMOTE),
                        given.number(LOADED),
                        given.text(Timing.NAME).equals(Timing.BLOCKING.label()),
                        given.seed(SEED));
        if (options.loaded() < options.remote()) {
            throw given.bad(
                    LOADED,
                    "%s is less than idle remote memory takes, %s"
                            .formatted(options.loaded(), options.remote()));
        }
        boolean ablations = given.text(ABLATIONS).equals(YES);
        if (ablations && options.blocking()) {
            throw given.bad(
                    ABLATIONS,
                    "what is left out are parts of the model of overlap, and %s %s has none of it"
                            .formatted(given.called(Timing.NAME), Timing.BLOCKING.label()));
        }
        return run(laboratory, options, figures(given), ablations);
    }

    private static List<Published> figures(Arguments given) {
        String source = given.text(SOURCE);
        String program = given.text(ONLY);
        List<Published> figures =
                Published.all().stream()
                        .filter(one -> source.equals(ALL) || one.isOf(source))
                        .filter(one -> program.equals(ALL) || one.program().equals(program))
                        .toList();
        if (figures.isEmpty()) {
            throw given.bad(
                    ONLY,
                    "%s %s has no figure of %s; use another program, or all"
                            .formatted(given.called(SOURCE), source, program));
        }
        return figures;
    }

    /// Of some figures only.
    static FidelityResult run(
            Laboratory laboratory,
            Trial.Options options,
            List<Published> figures,
            boolean ablations) {
        Set<Trial> trials = new LinkedHashSet<>();
        figures.forEach(figure -> trials.addAll(figure.figure().trials()));
        List<Function<Meter, Done>> parts = new ArrayList<>();
        for (Ablation ablation : ablations ? Ablation.values() : new Ablation[] {Ablation.NONE}) {
            for (Trial trial : trials) {
                parts.add(meter -> new Done(ablation, trial, trial.run(options, ablation, meter)));
            }
        }
        int threads = Runtime.getRuntime().availableProcessors();
        Map<Ablation, Map<Trial, Outcome>> outcomes = new EnumMap<>(Ablation.class);
        for (Done done : laboratory.sideBySide(threads, parts)) {
            outcomes.computeIfAbsent(done.ablation, ablation -> new LinkedHashMap<>())
                    .put(done.trial, done.outcome);
        }
        List<Row> rows = new ArrayList<>();
        for (Published figure : figures) {
            Row row = row(figure, outcomes, isComparison(options));
            if (row != null) {
                rows.add(row);
            }
        }
        return new FidelityResult(
                options.accesses(), options.remote(), options.loaded(), Published.sources(), rows);
    }

    /// Whether a deviation comes of the model, not of what it was asked.
    private static boolean isComparison(Trial.Options options) {
        return options.accesses() >= USUAL_ACCESSES
                && options.remote() == USUAL_REMOTE
                && options.loaded() == USUAL_LOADED
                && !options.blocking();
    }

    /// Null if not all of its trials were finished.
    private static @Nullable Row row(
            Published figure, Map<Ablation, Map<Trial, Outcome>> outcomes, boolean comparison) {
        Double here = value(figure, outcomes.get(Ablation.NONE));
        if (here == null) {
            return null;
        }
        List<Ablated> ablated = new ArrayList<>();
        outcomes.forEach((ablation, some) -> {
            Double value = value(figure, some);
            if (ablation != Ablation.NONE && value != null) {
                ablated.add(new Ablated(ablation.label(), value));
            }
        });
        double deviation = figure.deviation(here);
        return new Row(
                figure.group(),
                figure.program(),
                figure.what(),
                figure.isCore(),
                figure.least(),
                figure.most(),
                here,
                deviation,
                comparison && Math.abs(deviation) > MISSED ? figure.lacks() : null,
                ablated.isEmpty() ? null : ablated);
    }

    private static @Nullable Double value(
            Published figure, @Nullable Map<Trial, Outcome> outcomes) {
        return outcomes != null && outcomes.keySet().containsAll(figure.figure().trials())
                ? (Double) figure.figure().of(outcomes)
                : null;
    }

    @Override
    public Document document(FidelityResult result) {
        return FidelityDocument.of(result);
    }
}
