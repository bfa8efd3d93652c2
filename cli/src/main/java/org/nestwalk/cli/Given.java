package org.nestwalk.cli;

import java.util.List;
import org.nestwalk.InputException;
import picocli.CommandLine.Model.CommandSpec;

/// Options as they were given on the command line. One that would change nothing is refused, as
/// whoever gives it expects that it does.
final class Given {
    private final CommandSpec spec;

    Given(CommandSpec spec) {
        this.spec = spec;
    }

    /// Whether the option `name` is given.
    boolean has(String name) {
        return spec.commandLine().getParseResult().hasMatchedOption(name);
    }

    /// Fails if one of the options `names` is given.
    ///
    /// @param why the rest of a sentence that begins with the option
    void refuse(List<String> names, String why) {
        for (String name : names) {
            if (has(name)) {
                throw new InputException(name + " " + why);
            }
        }
    }
}
