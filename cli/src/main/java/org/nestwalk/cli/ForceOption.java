package org.nestwalk.cli;

import picocli.CommandLine.Option;

/// Whether an output may take the place of a file that exists.
final class ForceOption {
    /// Its name on the command line.
    static final String NAME = "--force";

    @Option(names = NAME, description = "Write over the output if it exists.")
    private boolean force;

    boolean isGiven() {
        return force;
    }
}
