package org.nestwalk.lab.labs.paper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.nestwalk.document.Document;
import org.nestwalk.lab.compare.CommonParameters;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.paper.PaperResult.Reproduced;
import org.nestwalk.lab.labs.paper.Trial.Outcome;
import org.nestwalk.lab.labs.run.RunReport;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// What papers publish on translation in virtual machines, and what the model says of it.
public final class PaperExperiment implements Experiment<PaperResult> {
    private static final String PAPER = "paper";
    private static final String FOOTPRINT = "footprint";
    private static final String ACCESSES = "accesses";
    private static final List<String> NAMES = Paper.all().stream().map(Paper::name).toList();

    private static final Spec SPEC =
            new Spec(
                    "paper",
                    "Published figures on address translation beside ours: how far, and why.",
                    Timing.BLOCKING_MODEL + "; " + RunReport.MODEL,
                    Parameter.of(PAPER, "which of them", new Domain.Choice(NAMES), NAMES.getFirst())
                            .by(NAMES.toArray(String[]::new))
                            .several(),
                    List.of(
                            Parameter.size(
                                    FOOTPRINT,
                                    "data of each program; of which pages are where they would be"
                                            + " if all of it had been written before",
                                    64L << 30,
                                    16L << 20,
                                    1L << 40),
                            Parameter.count(
                                    ACCESSES,
                                    "of each run that are measured, after as many that are not",
                                    500_000,
                                    1,
                                    1_000_000_000),
                            CommonParameters.SEED));

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public PaperResult run(Laboratory laboratory, Arguments given) {
        PaperOptions options =
                new PaperOptions(
                        given.size(FOOTPRINT),
                        given.count(ACCESSES),
                        given.seed(CommonParameters.SEED.name()));
        Set<String> asked = new LinkedHashSet<>(given.texts(PAPER));
        List<Paper> papers =
                Paper.all().stream().filter(paper -> asked.contains(paper.name())).toList();
        Set<Trial> trials = new LinkedHashSet<>();
        papers.forEach(
                paper -> paper.figures().forEach(figure -> figure.trials().forEach(trials::add)));
        Map<Trial, Outcome> done = outcomes(laboratory, options, trials);
        List<Reproduced> results = new ArrayList<>();
        for (Paper paper : papers) {
            results.add(
                    new Reproduced(
                            paper.name(),
                            paper.cite(),
                            paper.machine(),
                            paper.programs(),
                            paper.figures().stream()
                                    .map(figure -> figure.row(done))
                                    .filter(Objects::nonNull)
                                    .toList()));
        }
        return new PaperResult(options.footprint(), options.accesses(), results);
    }

    private record Made(Trial trial, Outcome outcome) {}

    private static Map<Trial, Outcome> outcomes(
            Laboratory laboratory, PaperOptions options, Set<Trial> trials) {
        List<Function<Meter, Made>> parts = new ArrayList<>();
        for (Trial trial : trials) {
            parts.add(meter -> new Made(trial, trial.run(options, meter)));
        }
        Map<Trial, Outcome> done = new LinkedHashMap<>();
        laboratory.inOrder(parts).forEach(made -> done.put(made.trial(), made.outcome()));
        return done;
    }

    @Override
    public Document document(PaperResult result) {
        return PaperDocument.of(result);
    }
}
