package org.nestwalk.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk trace`: looks into traces and converts them.
@Command(
        name = "trace",
        description = "Look into traces, and convert them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {TraceInfoCommand.class, TraceHeadCommand.class, TraceConvertCommand.class})
final class TraceCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    /// Without a command of its own, shows which there are.
    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "trace needs a command: info, head or convert");
    }
}
