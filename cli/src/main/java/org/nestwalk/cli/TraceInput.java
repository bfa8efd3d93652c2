package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.nestwalk.traces.TraceChoice;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The trace that a command reads, and its format if named.
final class TraceInput {
    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description =
                    "The trace, compressed in any usual way, or a directory of DynamoRIO's with a"
                            + " file a thread; - is standard input.")
    private Path file = Path.of(Traces.STANDARD_INPUT);

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = TraceFormatConverter.class,
            completionCandidates = TraceFormatConverter.class,
            description =
                    "The trace's format where its contents do not tell: ${COMPLETION-CANDIDATES}.")
    private @Nullable TraceFormat format;

    @Option(
            names = "--process",
            paramLabel = "PID",
            description = "Read only this process of a trace of several.")
    private @Nullable Long process;

    Path file() {
        return file;
    }

    TraceReader open() {
        return Traces.open(file, new TraceChoice(format, process));
    }

    /// The trace up to where the user interrupts.
    TraceReader open(Interruption interruption, PrintWriter err) {
        return UntilInterrupted.of(open(), interruption, err);
    }
}
