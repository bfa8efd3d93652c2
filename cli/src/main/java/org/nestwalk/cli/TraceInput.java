package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
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
            description = "The trace; - is standard input. gzip, xz and zstd are undone.")
    private Path file = Path.of(Traces.STANDARD_INPUT);

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = TraceFormatConverter.class,
            completionCandidates = TraceFormatConverter.class,
            description =
                    "The trace's format where its contents do not tell: ${COMPLETION-CANDIDATES}.")
    private @Nullable TraceFormat format;

    Path file() {
        return file;
    }

    TraceReader open() {
        return Traces.open(file, format);
    }

    /// The trace up to where the user interrupts.
    TraceReader open(Interruption interruption, PrintWriter err) {
        return UntilInterrupted.of(open(), interruption, err);
    }
}
