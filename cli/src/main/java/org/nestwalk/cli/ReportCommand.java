package org.nestwalk.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.report.compare.ComparisonText;
import org.nestwalk.report.compare.ResultComparison;
import org.nestwalk.report.compare.SavedResult;
import org.nestwalk.web.html.ReportPage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `nestwalk report FILE FILE...`: saved results beside each other.
@Command(
        name = "report",
        description = {
            "Compare saved results of the same kind: what differs in how they were run, and then"
                    + " each figure with its change.",
            "Results are what --json writes, or reports of --html, which have the result in them."
        },
        mixinStandardHelpOptions = true)
final class ReportCommand implements Runnable {
    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Results, two or more; changes are against the first.")
    private List<Path> files = List.of();

    @Mixin private Output output = new Output();
    @Mixin private CsvOutput csv = new CsvOutput();

    @Override
    public void run() {
        List<String> inputs = files.stream().map(Path::toString).toList();
        output.check(inputs);
        csv.check(inputs, output);
        if (files.size() < 2) {
            throw new InputException(
                    "report compares results; name another one of the same kind beside "
                            + files.getFirst());
        }
        List<SavedResult> results = new ArrayList<>();
        List<String> names = names();
        for (int i = 0; i < files.size(); i++) {
            results.add(read(names.get(i), files.get(i)));
        }
        ResultComparison comparison = ResultComparison.of(results);
        Document document = ComparisonText.of(comparison);
        if (!csv.isQuiet()) {
            output.show(document);
        }
        csv.write(CsvRenderer.text(document));
        output.write(JsonFormat.COMPARISON, comparison, document);
    }

    /// Names of files without their folders, if they tell them apart; else as they were given, and
    /// numbered where a file is given twice.
    private List<String> names() {
        List<String> names =
                files.stream().map(file -> String.valueOf(file.getFileName())).toList();
        if (new HashSet<>(names).size() < names.size()) {
            names = files.stream().map(Path::toString).toList();
        }
        List<String> different = new ArrayList<>();
        for (String name : names) {
            String numbered = name;
            for (int number = 2; different.contains(numbered); number++) {
                numbered = name + " (" + number + ")";
            }
            different.add(numbered);
        }
        return different;
    }

    private static SavedResult read(String name, Path file) {
        try {
            String text = Files.readString(file);
            return SavedResult.of(name, ReportPage.json(text).orElse(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
