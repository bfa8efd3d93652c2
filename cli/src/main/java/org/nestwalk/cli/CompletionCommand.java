package org.nestwalk.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk completion`: what makes a shell complete commands and options.
@Command(
        name = "completion",
        description = {
            "Writes a script with which bash completes commands, options and their values; zsh"
                    + " takes it after 'autoload -U +X bashcompinit && bashcompinit'.",
            "For this shell: source <(./nestwalk completion)"
        },
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        String script = AutoComplete.bash("nestwalk", Main.commandLine());
        spec.commandLine().getOut().print(script);
    }
}
