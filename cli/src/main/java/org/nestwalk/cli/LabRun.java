package org.nestwalk.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.experiment.Written;
import org.nestwalk.parameter.Arguments;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk lab EXPERIMENT`, or another command that runs an experiment, with its parameters as
/// options.
@Command(mixinStandardHelpOptions = true)
final class LabRun<R> implements Callable<Integer> {
    private final Experiment<R> experiment;
    private final ParameterOptions parameters;

    @Mixin private Output output = new Output();
    @Mixin private CsvOutput csv = new CsvOutput();
    @Mixin private ProgressOption progress = new ProgressOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    private LabRun(Experiment<R> experiment) {
        this.experiment = experiment;
        this.parameters = new ParameterOptions(experiment.spec());
    }

    /// The command that runs `experiment`.
    static CommandLine command(Experiment<?> experiment) {
        return command(experiment.spec().name(), experiment);
    }

    /// The command called `name` that runs `experiment`.
    static CommandLine command(String name, Experiment<?> experiment) {
        LabRun<?> run = new LabRun<>(experiment);
        CommandSpec spec = CommandSpec.forAnnotatedObject(run);
        spec.name(name);
        spec.usageMessage().description(experiment.spec().question());
        run.parameters.addTo(spec);
        return new CommandLine(spec);
    }

    @Override
    public Integer call() {
        Arguments given = parameters.read(spec.commandLine().getParseResult());
        List<String> inputs =
                experiment.spec().subject() == null
                        ? List.of()
                        : given.texts(experiment.spec().subject().name());
        output.check(inputs);
        csv.check(inputs, output);
        try (Interruption interruption = new Interruption()) {
            Laboratory laboratory;
            R result;
            try (Progress shown = progress.begin()) {
                laboratory = Laboratory.watchedBy(shown.named(interruption));
                result = experiment.run(laboratory, given);
            } catch (OutOfMemoryError e) {
                throw new InputException(
                        "not enough memory; use programs of smaller footprints", e);
            } catch (EndedEarly e) {
                StandardError.tell(spec, String.valueOf(e.getMessage()));
                return 0;
            }
            show(given, result, !laboratory.isEnded());
            return experiment.isFlawless(result) ? 0 : 1;
        }
    }

    private void show(Arguments given, R result, boolean complete) {
        Written written = experiment.written(given, result, complete, Version.NUMBER);
        if (csv.isQuiet() && !complete) {
            StandardError.tell(spec, Written.INTERRUPTED);
        }
        if (!csv.isQuiet()) {
            output.show(written.document());
        }
        csv.write(written.csv());
        output.write(written);
    }
}
