package org.nestwalk.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.sweep.Cells;
import org.nestwalk.lab.sweep.Study;
import org.nestwalk.lab.sweep.StudyFolder;
import org.nestwalk.report.Units;
import org.nestwalk.report.sweep.PivotReport;
import org.nestwalk.report.sweep.StudyDocument;
import org.nestwalk.report.sweep.StudyPivot;
import org.nestwalk.report.sweep.StudyResults;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nestwalk sweep show FOLDER`: a figure of a study in rows and columns.
@Command(
        name = "show",
        description = {
            "Show a figure of a study in rows and columns, averaged over what is in neither, with"
                    + " 95 %% confidence intervals.",
            "Without a figure, says which there are."
        },
        mixinStandardHelpOptions = true)
final class SweepShowCommand implements Runnable {
    private static final String FIGURE = "--figure";
    private static final String AGAINST = "--against";
    private static final String OF = "--of";
    private static final String ROWS = "--rows";
    private static final String COLUMNS = "--columns";

    @Parameters(paramLabel = "FOLDER", description = "The folder of a study.")
    private Path folder = Path.of("");

    @Option(names = FIGURE, paramLabel = "FIGURE", description = "Which to show.")
    private @Nullable String figure;

    @Option(
            names = OF,
            paramLabel = "THING",
            description = "Of which part of results, where these have several.")
    private @Nullable String thing;

    @Option(
            names = ROWS,
            paramLabel = "AXIS",
            split = ",",
            description = "What makes rows (default: all that varies and makes no columns).")
    private @Nullable List<String> rows;

    @Option(
            names = COLUMNS,
            paramLabel = "AXIS",
            description = "What makes columns (default: the last that varies, of few values).")
    private @Nullable String columns;

    @Option(
            names = AGAINST,
            paramLabel = "FIGURE",
            description =
                    "Another figure: shows the combinations that no other beats in both, where less"
                            + " is better.")
    private @Nullable String against;

    @Mixin private Output output = new Output();
    @Mixin private CsvOutput csv = new CsvOutput();

    @Override
    public void run() {
        output.check(List.of());
        csv.check(List.of(), output);
        checkOptions();
        StudyFolder there = StudyFolder.of(folder);
        Cells cells = there.cells();
        Study study = cells.study();
        StudyResults results = StudyResults.of(cells, there);
        Units units = Units.ofExperiment(study.experiment());
        String name = study.experiment();
        if (figure == null) {
            show(
                    StudyDocument.overview(name, results, units),
                    PivotReport.overview(study, results));
            return;
        }
        List<String> down = rows == null ? List.of() : rows;
        String of = thing == null ? "" : thing;
        if (against == null) {
            StudyPivot pivot =
                    StudyPivot.of(
                            results,
                            units,
                            new StudyPivot.Wanted(
                                    figure, down, columns == null ? "" : columns, of));
            show(
                    StudyDocument.pivot(name, results, units, pivot),
                    PivotReport.of(study, results, pivot));
            return;
        }
        StudyPivot one = StudyPivot.inRows(results, units, figure, down, of);
        StudyPivot other = StudyPivot.inRows(results, units, against, down, of);
        show(StudyDocument.front(name, results, one, other), PivotReport.of(study, results, one));
    }

    private void checkOptions() {
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        given.put(FIGURE, figure);
        given.put(OF, thing);
        given.put(ROWS, rows);
        given.put(COLUMNS, columns);
        given.put(AGAINST, against);
        given.forEach((option, value) -> {
            if (value != null && (value.equals("") || value.equals(List.of("")))) {
                throw new InputException(option + ": names nothing; leave it out, or name one");
            }
            if (value != null && figure == null) {
                throw new InputException(
                        "%s is for a figure; name one by %s".formatted(option, FIGURE));
            }
        });
        if (against != null && columns != null) {
            throw new InputException(AGAINST + " shows rows only; leave " + COLUMNS + " out");
        }
    }

    private void show(Document document, PivotReport report) {
        if (!csv.isQuiet()) {
            output.show(document);
        }
        csv.write(CsvRenderer.text(document));
        output.write(JsonFormat.STUDY, report, document);
    }
}
