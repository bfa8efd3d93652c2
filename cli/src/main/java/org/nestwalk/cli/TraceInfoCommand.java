package org.nestwalk.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nestwalk.document.Document;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.traces.TraceInfo;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.stats.TraceStatistics;
import org.nestwalk.traces.stats.TraceSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk trace info`: what is in a trace.
@Command(
        name = "info",
        description = "Tell what is in a trace: accesses, footprint, reuse, regions.",
        mixinStandardHelpOptions = true)
final class TraceInfoCommand implements Runnable {
    @Mixin private TraceInput input = new TraceInput();

    @Mixin private Output output = new Output();

    @Mixin private ProgressOption progress = new ProgressOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    /// What `--json` writes.
    ///
    /// @param fileBytes the file's size, -1 for standard input
    /// @param digest identifies the contents
    /// @param header what the trace says of itself
    /// @param summary what reading it told
    record Report(long fileBytes, String digest, TraceInfo header, TraceSummary summary) {}

    @Override
    public void run() {
        output.check(List.of(input.file().toString()));
        // Until the end: interrupted, it tells what was read.
        try (Interruption interruption = new Interruption()) {
            show(interruption);
        }
    }

    private void show(Interruption interruption) {
        Report report;
        try (TraceReader reader = input.open(interruption, spec.commandLine().getErr())) {
            TraceSummary summary;
            try (Progress shown = progress.begin("read")) {
                summary = TraceStatistics.of(reader, shown);
            }
            report = new Report(size(input.file()), reader.digest(), reader.info(), summary);
        }
        Document document = TraceInfoText.of(report);
        output.show(document);
        output.write(JsonFormat.TRACE, report, document);
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
