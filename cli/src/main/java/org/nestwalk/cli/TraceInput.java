package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;
import picocli.CommandLine.Mixin;
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

    @Mixin private TraceOptions options = new TraceOptions();

    Path file() {
        return file;
    }

    TraceReader open() {
        return Traces.open(file, options.choice());
    }

    /// The trace up to where the user interrupts.
    TraceReader open(Interruption interruption, PrintWriter err) {
        return UntilInterrupted.of(open(), interruption, err);
    }
}
