package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.nestwalk.InputException;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.sweep.Sweep;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk sweep slurm STUDY`: writes the script of an array job.
@Command(
        name = "slurm",
        description = {
            "Print a batch script for Slurm: an array job, one shard of the study a task, and the"
                    + " step that gathers the results.",
            "nestwalk sweep slurm study.yaml --shards 32 --into results > job.sh; bash job.sh"
        },
        mixinStandardHelpOptions = true)
final class SweepSlurmCommand implements Runnable {
    private static final String SHARDS = "--shards";

    @Parameters(paramLabel = "STUDY", description = "The study's YAML file.")
    private Path study = Path.of("");

    @Option(
            names = SHARDS,
            paramLabel = "N",
            required = true,
            description =
                    "Tasks of the array: 1 to 100000, no more than have something to do. Slurm"
                            + " takes 1000 unless its administrators allow more.")
    private int shards;

    @Mixin private CellsOption which = new CellsOption();

    @Mixin private FolderOption into = new FolderOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        if (shards < 1 || shards > 100_000) {
            throw new InputException(SHARDS + ": " + shards + " is not 1 to 100000");
        }
        Path folder = into.path();
        int parts = Sweep.parts(which.of(CellsOption.read(study)));
        if (parts < shards) {
            StandardError.tell(
                    spec,
                    Figures.format(
                            "the study has no more than %,d part{s}, so that more shards would have"
                                    + " nothing to do",
                            parts));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(SlurmJob.text(study, folder, Math.min(shards, parts), which.words()));
        out.flush();
    }
}
