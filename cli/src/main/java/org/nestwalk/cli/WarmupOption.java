package org.nestwalk.cli;

import org.nestwalk.Quantities;
import picocli.CommandLine.Option;

/// How many accesses at the start are made and not counted.
final class WarmupOption {
    /// Its name on the command line.
    static final String NAME = "--warmup";

    @Option(
            names = NAME,
            paramLabel = "N",
            description = "Do not count the first N accesses (of each virtual CPU).")
    private String warmup = "0";

    /// As it was written, for messages.
    String text() {
        return warmup;
    }

    long accesses() {
        return Quantities.count(warmup, NAME);
    }
}
