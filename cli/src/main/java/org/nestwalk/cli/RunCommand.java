package org.nestwalk.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.experiment.Written;
import org.nestwalk.lab.labs.run.RunExperiment;
import org.nestwalk.lab.labs.run.RunExperiment.Asked;
import org.nestwalk.lab.labs.run.RunParameters;
import org.nestwalk.lab.labs.run.RunReport;
import org.nestwalk.lab.labs.run.RunResult;
import org.nestwalk.parameter.Arguments;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk run TRACE|PROGRAM...`: what translation costs under each setup. Each workload is shown
/// when it has run.
@Command(
        name = "run",
        description = {
            "Run traces or programs under several translation setups and compare what translation"
                    + " costs.",
            "A program is written NAME or NAME:KEY=VALUE,...; see nestwalk programs."
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Runnable {
    private final RunExperiment experiment = new RunExperiment();
    private final ParameterOptions parameters = new ParameterOptions(experiment.spec());

    @Mixin private Output output = new Output();

    @Mixin private CsvOutput csv = new CsvOutput();

    @Mixin private ProgressOption progress = new ProgressOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    private RunCommand() {}

    /// The command, with what the experiment can be asked as options.
    static CommandLine command() {
        RunCommand run = new RunCommand();
        CommandSpec spec = CommandSpec.forAnnotatedObject(run);
        run.parameters.addTo(spec);
        return new CommandLine(spec);
    }

    @Override
    public void run() {
        Arguments given = parameters.read(spec.commandLine().getParseResult());
        List<String> workloads = given.texts(Workloads.PROGRAM);
        output.check(workloads);
        csv.check(workloads, output);
        if (given.isGiven(RunParameters.INTERVAL) && !output.isWritten() && !csv.isAsked()) {
            throw new InputException(
                    given.called(RunParameters.INTERVAL)
                            + " shows in reports, JSON and CSV only; add --html, --json or --csv");
        }
        if (given.flag(RunParameters.MAP) && !output.isWritten()) {
            throw new InputException(
                    given.called(RunParameters.MAP)
                            + " shows in reports and JSON only; add --html or --json");
        }
        Asked asked = Asked.of(given);
        List<RunReport> reports = new ArrayList<>();
        try (Interruption interruption = new Interruption()) {
            try {
                for (String name : workloads) {
                    if (interruption.isRequested()) {
                        break;
                    }
                    if (!isQuiet() && !reports.isEmpty()) {
                        spec.commandLine().getOut().println();
                    }
                    RunReport report = run(asked, name, interruption);
                    reports.add(report);
                    show(name, report);
                }
            } finally {
                // Also after a workload or standard output that failed: what was run is not lost.
                if (!reports.isEmpty()) {
                    Written written =
                            experiment.written(given, new RunResult(reports), true, Version.NUMBER);
                    output.write(written);
                    csv.write(written.csv());
                }
            }
        }
    }

    private RunReport run(Asked asked, String name, Interruption interruption) {
        try (Progress shown = progress.begin("run " + name)) {
            return asked.run(
                    Laboratory.watchedBy(shown.until(interruption)),
                    name,
                    () -> announce(asked, name));
        } catch (OutOfMemoryError e) {
            throw new InputException(
                    name
                            + ": not enough memory; compare fewer setups at once, or give Java more"
                            + " with NESTWALK_JAVA_OPTS=-Xmx8g",
                    e);
        }
    }

    /// Says what runs: the table comes only at the end.
    private void announce(Asked asked, String name) {
        if (!isQuiet()) {
            output.announce(
                    "Running %s on %s under %s."
                            .formatted(
                                    name,
                                    asked.options().machine().name(),
                                    String.join(", ", asked.options().setups())));
        }
    }

    private void show(String name, RunReport report) {
        if (isQuiet()) {
            PrintWriter err = spec.commandLine().getErr();
            report.warnings().forEach(w -> err.println("nestwalk: " + name + ": " + w));
            err.flush();
        } else {
            Output.print(experiment.document(new RunResult(List.of(report))), spec);
        }
    }

    /// Whether standard output is for something else.
    private boolean isQuiet() {
        return output.isQuiet() || csv.isQuiet();
    }
}
