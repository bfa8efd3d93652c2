package org.nestwalk.cli;

import org.jspecify.annotations.Nullable;
import org.nestwalk.traces.TraceChoice;
import org.nestwalk.traces.TraceFormat;
import picocli.CommandLine.Option;

/// How traces are read.
final class TraceOptions {
    /// The name of the option that says their format.
    static final String FORMAT = "--format";

    @Option(
            names = FORMAT,
            paramLabel = "FORMAT",
            converter = TraceFormatConverter.class,
            completionCandidates = TraceFormatConverter.class,
            description =
                    "A trace's format where its contents do not tell: ${COMPLETION-CANDIDATES}.")
    private @Nullable TraceFormat format;

    @Option(
            names = "--process",
            paramLabel = "PID",
            description = "Of a trace of several processes, read only this one.")
    private @Nullable Long process;

    TraceChoice choice() {
        return new TraceChoice(format, process);
    }
}
