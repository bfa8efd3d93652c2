package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.Figures;
import org.nestwalk.traces.Conversion;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk trace convert`: copies a trace into another format.
@Command(
        name = "convert",
        description = "Copy a trace into another format.",
        mixinStandardHelpOptions = true)
final class TraceConvertCommand implements Runnable {
    @Mixin private TraceInput input = new TraceInput();

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            description = "The file to write; - is standard output.")
    private @Nullable Path output;

    @Option(
            names = "--to",
            paramLabel = "FORMAT",
            converter = TraceTargetConverter.class,
            completionCandidates = TraceTargetConverter.class,
            description = "The format to write: nwt, lackey or raw (default: ${DEFAULT-VALUE}).",
            defaultValue = "nwt")
    private TraceFormat target = TraceFormat.NWT;

    @Mixin private LimitOption limit = new LimitOption();

    @Mixin private ForceOption force = new ForceOption();

    @Mixin private ProgressOption progress = new ProgressOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        Path out = output;
        if (out == null) {
            throw new InputException("convert needs a file to write");
        }
        limit.check();
        PrintWriter err = spec.commandLine().getErr();
        OutputFile file = new OutputFile("OUT", out);
        Conversion.requireTarget(target);
        file.check(List.of(input.file().toString()));
        file.checkNew(force.isGiven(), err);
        try (Interruption interruption = new Interruption()) {
            convert(file, interruption, err);
        }
    }

    private void convert(OutputFile out, Interruption interruption, PrintWriter err) {
        Conversion.Result result;
        List<String> remarks = new ArrayList<>();
        try (TraceReader reader = input.open(interruption, err);
                Progress shown = progress.begin("converted")) {
            result =
                    Conversion.copy(
                            reader, out.open(), out.name(), target, limit.accesses(), shown);
            remarks.addAll(result.losses());
            remarks.addAll(reader.info().warnings());
            if (reader.info().note() != null) {
                remarks.add(reader.info().note());
            }
        }
        StandardError.tell(
                spec,
                Figures.format(
                        "read %,d access{es}, wrote %,d to %s",
                        result.read(), result.written(), out.name()));
        remarks.forEach(remark -> StandardError.tell(spec, input.file() + ": " + remark));
    }
}
