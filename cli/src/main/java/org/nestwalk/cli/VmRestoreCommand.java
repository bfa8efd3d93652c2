package org.nestwalk.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.snapshot.RestoreExperiment;
import org.nestwalk.lab.snapshot.RestoreMethod;
import org.nestwalk.lab.snapshot.SnapshotHost;
import org.nestwalk.lab.snapshot.SnapshotParameters;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.report.snapshot.SnapshotText;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk vm restore FILE`: goes on from a snapshot.
@Command(
        name = "restore",
        description = {
            "Go on from a snapshot to the end of its programs, and compare their checksums with"
                    + " plain execution.",
            "A lazy restore without --background keeps the pages that it needed in FILE.ws, for"
                    + " --working-set.",
            "Ends with status 0 if all checksums are right, 1 if not, 2 on bad input."
        },
        mixinStandardHelpOptions = true)
final class VmRestoreCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The snapshot.")
    private Path file = Path.of("");

    @ArgGroup private Method method = new Method();

    /// When memory is loaded.
    private static final class Method {
        @Option(names = "--eager", description = "Load all memory first (the default).")
        private boolean eager;

        @Option(names = "--lazy", description = "Load each page when it is touched.")
        private boolean lazy;

        @Option(
                names = "--working-set",
                description = "Load first what the last lazy restore needed, the rest lazily.")
        private boolean workingSet;

        RestoreMethod chosen() {
            if (eager || !(lazy || workingSet)) {
                return RestoreMethod.EAGER;
            }
            return lazy ? RestoreMethod.LAZY : RestoreMethod.WORKING_SET;
        }
    }

    @Option(
            names = "--background",
            description = "Load memory beside the guest, too; with --lazy or --working-set.")
    private boolean background;

    private final ParameterOptions parameters = new ParameterOptions(SnapshotParameters.restore());

    @Mixin private Output output = new Output();
    @Mixin private CsvOutput csv = new CsvOutput();
    @Spec private CommandSpec spec = CommandSpec.create();

    private VmRestoreCommand() {}

    /// The command, with what can be asked as options.
    static CommandLine command() {
        VmRestoreCommand restore = new VmRestoreCommand();
        CommandSpec spec = CommandSpec.forAnnotatedObject(restore);
        restore.parameters.addTo(spec);
        return new CommandLine(spec);
    }

    @Override
    public Integer call() {
        Arguments given = parameters.read(spec.commandLine().getParseResult());
        output.check(List.of(file.toString()));
        csv.check(List.of(file.toString()), output);
        RestoreMethod chosen = method.chosen();
        if (background && chosen == RestoreMethod.EAGER) {
            throw new InputException(
                    "--background loads what is not there yet; add --lazy or --working-set");
        }
        SnapshotHost host = SnapshotParameters.host(given);
        RestoreExperiment.Result result = RestoreExperiment.run(file, host, chosen, background);
        Document document = SnapshotText.of(result);
        if (!csv.isQuiet()) {
            output.show(document);
        }
        csv.write(CsvRenderer.text(document));
        output.write(JsonFormat.RESTORE, result, document);
        if (result.notKept() != null) {
            throw new InputException(result.notKept());
        }
        return result.isVerified() ? 0 : 1;
    }
}
