package org.nestwalk.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk lab STORY`: experiments that make a point.
@Command(
        name = "lab",
        description = "Experiments that make a point, told as a table.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "STORY",
        subcommands = {
            LabEncryptionCommand.class,
            LabHintCommand.class,
            LabLargePagesCommand.class,
            LabNumaCommand.class,
            LabPermissionsCommand.class,
            LabTimingChannelCommand.class,
            LabTransactionsCommand.class
        })
final class LabCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    /// Without a story, shows which there are.
    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "lab needs a story: encryption, hint, large-pages, numa, permissions,"
                        + " timing-channel or transactions");
    }
}
