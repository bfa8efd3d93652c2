package org.nestwalk.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.snapshot.SnapshotExperiment;
import org.nestwalk.report.snapshot.SnapshotText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nestwalk vm snapshot PROGRAM -o FILE`: a virtual machine in a file.
@Command(
        name = "snapshot",
        description = {
            "Run a program in a virtual machine up to some access, and write the virtual machine to"
                    + " a file, from which vm restore goes on. The program runs on meanwhile.",
            "Ends with status 0 if the program then ends with the checksum of plain execution, 1 if"
                    + " not, 2 on bad input."
        },
        mixinStandardHelpOptions = true)
final class VmSnapshotCommand implements Callable<Integer> {
    private static final long LEAST_MEMORY = 16L << 20;

    @Parameters(paramLabel = "PROGRAM", description = "A program, see nestwalk programs.")
    private String program = "";

    @Mixin private OutputOption file = new OutputOption();

    @Option(
            names = "--after",
            paramLabel = "ACCESSES",
            description = "Accesses to make before (default: ${DEFAULT-VALUE}).")
    private long after = 100_000;

    @Option(
            names = "--base",
            paramLabel = "FILE",
            description = "Write only pages that differ from this snapshot, which is needed then.")
    private @Nullable Path base;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "Guest memory, a multiple of 2MiB (default: ${DEFAULT-VALUE}).")
    private String memory = "256MiB";

    @Mixin private SnapshotHostOptions where = new SnapshotHostOptions();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
        Path target = target(file.path());
        Path json = output.json();
        if (json != null && new OutputFile(OutputOption.NAME, target).isSame(json)) {
            throw new InputException("--json and --output both name " + target);
        }
        output.check(base == null ? List.of() : List.of(base.toString()));
        if (base != null && !Files.isRegularFile(base)) {
            throw new InputException("--base: '" + base + "' is no snapshot; name a file of one");
        }
        if (after < 0) {
            throw new InputException(
                    "--after: %d accesses cannot be made; use 0 or more".formatted(after));
        }
        long bytes = Quantities.size(memory, "--memory");
        if (bytes < LEAST_MEMORY) {
            throw new InputException(
                    "--memory: %,d bytes are too few for a kernel; use 16MiB or more"
                            .formatted(bytes));
        }
        SnapshotExperiment.Result result =
                SnapshotExperiment.run(program, where.host(), bytes, after, target, base);
        output.show(SnapshotText.of(result));
        output.write(JsonFormat.SNAPSHOT, result);
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
        Path folder = asked.toAbsolutePath().getParent();
        if (Files.isDirectory(asked) || folder == null || !Files.isDirectory(folder)) {
            throw new InputException(
                    "--output: '%s' can be no file; name one in a folder that there is"
                            .formatted(asked));
        }
        return asked;
    }
}
