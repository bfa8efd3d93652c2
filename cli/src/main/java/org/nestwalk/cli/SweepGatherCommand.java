package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.sweep.Cells;
import org.nestwalk.lab.sweep.StudyFolder;
import org.nestwalk.report.sweep.StudyFiles;
import org.nestwalk.report.sweep.StudyResults;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk sweep gather FOLDER`: writes the files of all results, after shards have run.
@Command(
        name = "gather",
        description = {
            "Write results.jsonl, results.csv and their schema of all cells that are finished.",
            "Ends with status 0 if all are, otherwise 1."
        },
        mixinStandardHelpOptions = true)
final class SweepGatherCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FOLDER", description = "The folder of a study.")
    private Path folder = Path.of("");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        StudyFolder study = StudyFolder.of(folder);
        Cells cells = study.cells();
        StudyResults results = StudyResults.of(cells, study);
        StudyFiles.write(cells, study);
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                Figures.format("%,d of %,d cell{s} finished", results.finished(), results.cells()));
        out.flush();
        return results.finished() == results.cells() ? 0 : 1;
    }
}
