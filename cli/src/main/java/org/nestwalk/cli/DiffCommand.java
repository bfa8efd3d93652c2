package org.nestwalk.cli;

import java.nio.file.Path;
import java.util.List;
import org.nestwalk.document.Document;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.report.sweep.StudyComparison;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `nestwalk diff A B`: what differs between two studies.
@Command(
        name = "diff",
        description = {
            "Compare two studies, cell by cell: which figures differ, in how many cells, and where"
                    + " most.",
            "Takes the folders that nestwalk sweep writes; of single results, see nestwalk report."
        },
        mixinStandardHelpOptions = true)
final class DiffCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "A", description = "The folder of a study.")
    private Path first = Path.of("");

    @Parameters(index = "1", paramLabel = "B", description = "The folder of another.")
    private Path second = Path.of("");

    @Mixin private Output output = new Output();
    @Mixin private CsvOutput csv = new CsvOutput();

    @Override
    public void run() {
        output.check(List.of());
        csv.check(List.of(), output);
        StudyComparison comparison = StudyComparison.of(first, second);
        Document document = comparison.document();
        if (!csv.isQuiet()) {
            output.show(document);
        }
        csv.write(CsvRenderer.text(document));
        output.write(JsonFormat.STUDY_COMPARISON, comparison, document);
    }
}
