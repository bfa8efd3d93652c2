package org.nestwalk.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nestwalk.traces.TraceInfo;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.stats.TraceStatistics;
import org.nestwalk.traces.stats.TraceSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `nestwalk trace info`: what is in a trace.
@Command(
        name = "info",
        description = "Tell what is in a trace: accesses, footprint, reuse, regions.",
        mixinStandardHelpOptions = true)
final class TraceInfoCommand implements Runnable {
    @Mixin private TraceInput input = new TraceInput();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec = CommandSpec.create();

    /// What `--json` prints.
    ///
    /// @param fileBytes the file's size, -1 for standard input
    /// @param digest identifies the contents
    /// @param header what the trace says of itself
    /// @param summary what reading it told
    record Report(long fileBytes, String digest, TraceInfo header, TraceSummary summary) {}

    @Override
    public void run() {
        // Until the end: interrupted, it tells what was read.
        try (Interruption interruption = new Interruption()) {
            show(interruption);
        }
    }

    private void show(Interruption interruption) {
        Report report;
        try (TraceReader reader = input.open(interruption, spec.commandLine().getErr())) {
            TraceSummary summary;
            try (Progress progress = new Progress("read")) {
                summary = TraceStatistics.of(reader, progress);
            }
            report = new Report(size(input.file()), reader.digest(), reader.info(), summary);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonMapper mapper =
                    JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
            out.println(mapper.writeValueAsString(report));
        } else {
            new TraceInfoText(out).print(report);
        }
        out.flush();
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
