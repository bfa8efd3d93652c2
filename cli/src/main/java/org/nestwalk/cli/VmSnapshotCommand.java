package org.nestwalk.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.snapshot.SnapshotExperiment;
import org.nestwalk.lab.snapshot.SnapshotParameters;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.report.snapshot.SnapshotText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `nestwalk vm snapshot PROGRAM|TRACE -o FILE`: a virtual machine in a file.
@Command(
        name = "snapshot",
        description = {
            "Run a program or a trace in a virtual machine up to some access, and write the virtual"
                    + " machine to a file, from which vm restore goes on. It runs on meanwhile.",
            "Ends with status 0 if it then ends with the checksum of plain execution, 1 if not, 2"
                    + " on bad input."
        },
        mixinStandardHelpOptions = true)
final class VmSnapshotCommand implements Callable<Integer> {
    private final ParameterOptions parameters = new ParameterOptions(SnapshotParameters.take());

    @Mixin private OutputOption file = new OutputOption();

    @Option(
            names = "--base",
            paramLabel = "FILE",
            description = "Write only pages that differ from this snapshot, which is needed then.")
    private @Nullable Path base;

    @Mixin private Output output = new Output();
    @Mixin private CsvOutput csv = new CsvOutput();
    @Spec private CommandSpec spec = CommandSpec.create();

    private VmSnapshotCommand() {}

    /// The command, with what can be asked as options.
    static CommandLine command() {
        VmSnapshotCommand snapshot = new VmSnapshotCommand();
        CommandSpec spec = CommandSpec.forAnnotatedObject(snapshot);
        snapshot.parameters.addTo(spec);
        return new CommandLine(spec);
    }

    @Override
    public Integer call() {
        Arguments given = parameters.read(spec.commandLine().getParseResult());
        Path target = target(file.path());
        List<String> inputs = new ArrayList<>(List.of(given.text(Workloads.PROGRAM)));
        if (base != null) {
            inputs.add(base.toString());
        }
        output.check(inputs);
        csv.check(inputs, output);
        output.checkDiffers(OutputOption.NAME, target);
        csv.checkDiffers(OutputOption.NAME, target);
        SnapshotExperiment.Result result =
                SnapshotExperiment.run(
                        given.text(Workloads.PROGRAM),
                        SnapshotParameters.host(given),
                        given.size(SnapshotParameters.MEMORY),
                        given.count(SnapshotParameters.AFTER),
                        target,
                        base);
        Document document = SnapshotText.of(result);
        if (!csv.isQuiet()) {
            output.show(document);
        }
        csv.write(CsvRenderer.text(document));
        output.write(JsonFormat.SNAPSHOT, result, document);
        return result.verified() ? 0 : 1;
    }

    /// Where to write, if a file can be there.
    private static Path target(@Nullable Path asked) {
        if (asked == null || asked.toString().isEmpty()) {
            throw new InputException("--output: name a file for the snapshot");
        }
        if (asked.toString().equals("-")) {
            throw new InputException(
                    "--output: a snapshot cannot go to standard output; name a file, ./- for one"
                            + " of that name");
        }
        new OutputFile(OutputOption.NAME, asked).check(List.of());
        return asked;
    }
}
