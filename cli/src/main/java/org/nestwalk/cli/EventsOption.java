package org.nestwalk.cli;

import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What happens while a command runs, for programs that watch it: each event a line of JSON, as it
/// happens.
final class EventsOption implements AutoCloseable {
    private static final String OPTION = "--events";

    @Option(
            names = OPTION,
            paramLabel = "FILE",
            description =
                    "Write each event as a line of JSON when it happens; - is standard output,"
                            + " instead of the text.")
    private @Nullable Path events;

    private @Nullable PrintWriter writer;
    private boolean broken;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// Fails now if they could not be written, or would destroy one of `inputs`, or take the place
    /// of what else is written; opens the file.
    void open(List<String> inputs, Output output, CsvOutput csv) {
        Path path = events;
        if (path == null) {
            return;
        }
        OutputFile file = new OutputFile(OPTION, path);
        file.check(inputs);
        output.checkDiffers(OPTION, path);
        csv.checkDiffers(OPTION, path);
        writer =
                file.isStandardOutput()
                        ? spec.commandLine().getOut()
                        : new PrintWriter(
                                new BufferedWriter(
                                        new OutputStreamWriter(
                                                file.open(), StandardCharsets.UTF_8)));
    }

    /// Whether standard output is for events only.
    boolean isQuiet() {
        return events != null && new OutputFile(OPTION, events).isStandardOutput();
    }

    /// Writes `event`, a record.
    synchronized void write(Object event) {
        PrintWriter to = writer;
        if (to == null) {
            return;
        }
        try {
            to.println(Json.line(event));
            to.flush();
        } catch (InputException e) {
            // A guest does not stay because of that; it is said at the end.
            broken = true;
        }
        broken |= to.checkError();
    }

    /// Ends the file.
    ///
    /// @throws InputException if not all was written
    @Override
    public synchronized void close() {
        PrintWriter to = writer;
        if (to == null) {
            return;
        }
        writer = null;
        if (!isQuiet()) {
            to.close();
        }
        if (broken) {
            throw new InputException("%s: not all events could be written".formatted(OPTION));
        }
    }
}
