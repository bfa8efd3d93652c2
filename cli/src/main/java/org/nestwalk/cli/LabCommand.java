package org.nestwalk.cli;

import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.labs.Experiments;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk lab EXPERIMENT`: experiments that make a point.
@Command(
        name = "lab",
        description = "Experiments that make a point, told as a table.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "EXPERIMENT")
final class LabCommand implements Runnable {
    /// The command, with all experiments, or only `name` if that is one.
    static CommandLine command(String name) {
        CommandLine lab = new CommandLine(new LabCommand());
        boolean one =
                Experiments.all().stream().anyMatch(known -> known.spec().name().equals(name));
        for (Experiment<?> experiment : Experiments.all()) {
            if (!one || experiment.spec().name().equals(name)) {
                lab.addSubcommand(experiment.spec().name(), LabRun.command(experiment));
            }
        }
        return lab;
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    /// Without one, says which there are.
    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "lab needs an experiment: " + String.join(", ", spec.subcommands().keySet()));
    }
}
