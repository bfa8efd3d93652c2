package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.labs.Experiments;
import org.nestwalk.lab.labs.run.RunExperiment;
import org.nestwalk.lab.labs.run.RunParameters;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.sweep.Axis;
import org.nestwalk.lab.sweep.Cells;
import org.nestwalk.lab.sweep.Shard;
import org.nestwalk.lab.sweep.Study;
import org.nestwalk.lab.sweep.StudyFolder;
import org.nestwalk.lab.sweep.Sweep;
import org.nestwalk.lab.sweep.SweepEngine;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.report.sweep.StudyFiles;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk sweep`: an experiment for every combination of values, in a folder in which what is
/// finished stays finished.
@Command(
        name = "sweep",
        description = {
            "Run an experiment for every combination of values; what is finished stays so, and the"
                    + " same command goes on.",
            "A study is a YAML file, or options: each takes several values with commas, or a range:"
                    + " 1..5, 10..50+10, 512..8192x2."
        },
        mixinStandardHelpOptions = true,
        subcommands = {SweepGatherCommand.class, SweepShowCommand.class, SweepSlurmCommand.class})
final class SweepCommand implements Callable<Integer> {
    private static final int SHOWN_FAILURES = 5;
    private static final String SET = "--set";
    private static final String SKIP = "--skip";
    private static final String SEEDS = "--seeds";

    private final ParameterOptions parameters = new ParameterOptions(new RunExperiment().spec());

    @Parameters(
            paramLabel = "STUDY|PROGRAM|TRACE",
            arity = "0..*",
            description = "A study's YAML file; or programs and traces, each of which is run.")
    private List<String> names = List.of();

    @Option(
            names = "--experiment",
            paramLabel = "NAME",
            description = "What to run: run, vm-run, or an experiment of the lab (default: run).")
    private @Nullable String experiment;

    @Option(
            names = SET,
            paramLabel = "NAME=VALUES",
            description =
                    "What a parameter of the experiment, a field of the machine (tlb.l2.entries) or"
                            + " a parameter of all programs (program.footprint) is; may be given"
                            + " several times.")
    private List<String> set = List.of();

    @Option(
            names = SKIP,
            paramLabel = "NAME=VALUE[,NAME=VALUE...]",
            description =
                    "Leaves out combinations that have all these values; may be given several"
                            + " times.")
    private List<String> skip = List.of();

    @Option(
            names = SEEDS,
            paramLabel = "N",
            description =
                    "Repeats all with seeds 1 to N, of the experiment and of programs that are"
                            + " given none; show averages over them.")
    private @Nullable Integer seeds;

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            description = "Runs one of N parts, which need not know of each other.")
    private @Nullable String shard;

    @Option(
            names = "--on",
            paramLabel = "ENGINE",
            description =
                    "Runs cells elsewhere: spark, in a job that spark-submit starts; otherwise they"
                            + " are run here.")
    private @Nullable String engine;

    @Mixin private CellsOption which = new CellsOption();

    @Mixin private FolderOption into = new FolderOption();

    @Mixin private ProgressOption progress = new ProgressOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    private SweepCommand() {}

    /// The command, with what `run` can be asked as options.
    static CommandLine command() {
        SweepCommand sweep = new SweepCommand();
        CommandSpec spec = CommandSpec.forAnnotatedObject(sweep);
        sweep.parameters.addOptionsTo(spec);
        return new CommandLine(spec);
    }

    @Override
    public Integer call() {
        Path folder = into.path();
        Map<String, List<String>> given = parameters.given(spec.commandLine().getParseResult());
        int threads = threads(given.remove(RunParameters.THREADS), engine != null);
        Study study = study(given);
        Shard part = shard == null ? Shard.ALL : Shard.parse(shard);
        SweepEngine elsewhere = engine == null ? null : SweepEngine.named(engine);
        Cells cells = which.of(study);
        StudyFolder there = StudyFolder.open(folder, cells);
        Sweep sweep = new Sweep(cells, there, part, threads);
        Sweep.Outcome outcome;
        try (Interruption interruption = new Interruption()) {
            try (Progress shown = progress.begin()) {
                ProgressListener watcher = shown.named(interruption);
                outcome = elsewhere == null ? sweep.run(watcher) : sweep.runOn(elsewhere, watcher);
            }
            boolean whole = StudyFiles.gather(cells, there);
            say(
                    cells,
                    part,
                    outcome,
                    whole
                            ? "%1$s has results.jsonl, results.csv and their schema; nestwalk sweep show %1$s"
                                    .formatted(folder)
                            : next(part, outcome).formatted(folder));
        }
        return outcome.failures().isEmpty() ? 0 : 1;
    }

    /// Elsewhere groups of cells are run side by side, and each on one thread.
    private static int threads(@Nullable List<String> given, boolean elsewhere) {
        if (given == null) {
            return elsewhere ? 1 : Runtime.getRuntime().availableProcessors();
        }
        Parameter threads =
                new RunExperiment()
                        .spec().parameters().stream()
                                .filter(one -> one.name().equals(RunParameters.THREADS))
                                .findFirst()
                                .orElseThrow();
        return Integer.parseInt(
                threads.domain()
                        .canonical(
                                given.getFirst(),
                                ParameterOptions.optionName(RunParameters.THREADS)));
    }

    private Study study(Map<String, List<String>> given) {
        boolean file = names.stream().anyMatch(name -> name.matches(".*\\.ya?ml"));
        if (!file) {
            return fromOptions(given);
        }
        if (names.size() > 1) {
            throw new InputException(
                    "a study's YAML file is run by itself, and not with %s"
                            .formatted(
                                    names.stream()
                                            .filter(name -> !name.matches(".*\\.ya?ml"))
                                            .findFirst()
                                            .orElse("another")));
        }
        if (!given.isEmpty()
                || experiment != null
                || !set.isEmpty()
                || seeds != null
                || !skip.isEmpty()) {
            throw new InputException(
                    names.getFirst()
                            + " is a study, which says itself what is set; leave other values out,"
                            + " or write them there");
        }
        return CellsOption.read(Path.of(names.getFirst()));
    }

    private Study fromOptions(Map<String, List<String>> given) {
        String name = experiment == null ? Study.USUAL : experiment;
        List<Axis> axes = new ArrayList<>();
        if (!names.isEmpty()) {
            axes.add(new Axis(subject(name), names));
        }
        given.forEach((parameter, texts) -> axes.add(Axis.of(parameter, split(texts))));
        for (String one : set) {
            int equals = one.indexOf('=');
            if (equals < 1) {
                throw new InputException(
                        "%s: '%s' is not NAME=VALUES, such as tlb.l2.entries=512..8192x2"
                                .formatted(SET, one));
            }
            axes.add(
                    Axis.of(
                            one.substring(0, equals).strip(),
                            split(List.of(one.substring(equals + 1)))));
        }
        if (seeds != null) {
            if (seeds < 1) {
                throw new InputException(SEEDS + ": " + seeds + " is not 1 or more");
            }
            axes.add(Axis.of(Study.SEEDS, List.of("1.." + seeds)));
        }
        if (axes.isEmpty()) {
            throw new InputException(
                    "a study sets something: name programs or traces, give %s, or a YAML file"
                            .formatted(SET));
        }
        return new Study(name, axes, skips());
    }

    private static List<String> split(List<String> texts) {
        return texts.stream().flatMap(text -> List.of(text.split(",", -1)).stream()).toList();
    }

    private static String subject(String name) {
        Experiment.Spec asked = Experiments.find(name).map(Experiment::spec).orElse(null);
        Parameter subject = asked == null ? null : asked.subject();
        if (asked != null && subject == null) {
            throw new InputException(name + " takes no programs");
        }
        return subject == null ? "program" : subject.name();
    }

    private List<Map<String, String>> skips() {
        List<Map<String, String>> skips = new ArrayList<>();
        for (String one : skip) {
            Map<String, String> values = new LinkedHashMap<>();
            for (String assignment : one.split(",", -1)) {
                int equals = assignment.indexOf('=');
                if (equals < 1) {
                    throw new InputException(
                            "%s: '%s' is not NAME=VALUE".formatted(SKIP, assignment));
                }
                String name = assignment.substring(0, equals).strip();
                if (values.put(name, assignment.substring(equals + 1).strip()) != null) {
                    throw new InputException(
                            "%s: '%s' names %s twice, which has one value in a combination; give %s once more"
                                    .formatted(SKIP, one, name, SKIP));
                }
            }
            skips.add(values);
        }
        return skips;
    }

    private static String next(Shard part, Sweep.Outcome outcome) {
        boolean done = outcome.found() + outcome.made() == outcome.cells();
        return done && !part.isAll()
                ? "%s keeps them; the last shard to end writes the results"
                : "the same command goes on; %s keeps what is finished";
    }

    private void say(Cells cells, Shard part, Sweep.Outcome outcome, String next) {
        PrintWriter out = spec.commandLine().getOut();
        if (cells.skipped() + cells.impossible() > 0) {
            out.println(
                    Figures.format(
                            "left out as the study says: %,d; because they cannot be: %,d",
                            cells.skipped(), cells.impossible()));
        }
        if (cells.impossible() > 0) {
            out.println("the first that cannot be is " + cells.problem());
        }
        out.println(
                Figures.format(
                        "%s%,d of %,d cell{s} finished%s: %,d before, %,d now%s",
                        part.isAll() ? "" : "shard " + part + ": ",
                        outcome.found() + outcome.made(),
                        outcome.cells(),
                        outcome.ended() ? " when it was ended" : "",
                        outcome.found(),
                        outcome.made(),
                        outcome.failures().isEmpty()
                                ? ""
                                : Figures.format(", %,d failed", outcome.failures().size())));
        out.println(next);
        out.flush();
        outcome.failures().stream()
                .limit(SHOWN_FAILURES)
                .forEach(failure -> StandardError.tell(spec, failure));
        if (outcome.failures().size() > SHOWN_FAILURES) {
            StandardError.tell(
                    spec,
                    Figures.format("and %,d more", outcome.failures().size() - SHOWN_FAILURES));
        }
    }
}
