package org.nestwalk.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The file that a command is there to write: a trace that it records, a snapshot, a machine that
/// it measures.
final class OutputOption {
    /// Its name on the command line.
    static final String NAME = "--output";

    @Option(
            names = {"-o", NAME},
            paramLabel = "FILE",
            description =
                    "The file to write: the trace (default: trace.nwt), the snapshot, or the"
                            + " machine as YAML, for --machine of other commands.")
    private @Nullable Path output;

    /// The file, or null if none is named.
    @Nullable Path path() {
        return output;
    }
}
