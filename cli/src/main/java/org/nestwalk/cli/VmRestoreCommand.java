package org.nestwalk.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.nestwalk.InputException;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.snapshot.RestoreExperiment;
import org.nestwalk.lab.snapshot.RestoreMethod;
import org.nestwalk.lab.snapshot.SnapshotHost;
import org.nestwalk.report.snapshot.SnapshotText;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

    @Mixin private SnapshotHostOptions where = new SnapshotHostOptions();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
        output.check(List.of(file.toString()));
        RestoreMethod chosen = method.chosen();
        if (background && chosen == RestoreMethod.EAGER) {
            throw new InputException(
                    "--background loads what is not there yet; add --lazy or --working-set");
        }
        SnapshotHost host = where.host();
        RestoreExperiment.Result result = RestoreExperiment.run(file, host, chosen, background);
        output.show(SnapshotText.of(result));
        output.write(JsonFormat.RESTORE, result);
        return result.isVerified() ? 0 : 1;
    }
}
