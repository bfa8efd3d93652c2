package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.json.Json;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.document.text.TextRenderer;
import org.nestwalk.lab.experiment.Written;
import org.nestwalk.web.html.ReportPage;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What a command shows: a text on standard output, the same for programs where `--json` asks for
/// it, and as a page for browsers where `--html` does.
final class Output {
    private static final String OPTION = "--json";
    private static final String HTML = "--html";

    @Option(
            names = OPTION,
            paramLabel = "FILE",
            description = "Write the result as JSON; - is standard output, instead of the text.")
    private @Nullable Path json;

    @Option(
            names = HTML,
            paramLabel = "FILE",
            description =
                    "Write the result as a report: one HTML file with charts, which needs no"
                            + " network; - is standard output, instead of the text.")
    private @Nullable Path html;

    private @Nullable InputException unshown;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// Fails now if a file could not be written later, would destroy one of `inputs`, or is asked
    /// for twice.
    void check(List<String> inputs) {
        if (json != null && html != null && new OutputFile(OPTION, json).isSame(html)) {
            throw new InputException("%s and %s both name %s".formatted(OPTION, HTML, html));
        }
        files().forEach(file -> file.check(inputs));
    }

    /// Fails if what is written here would take the place of what `option` writes to `other`.
    void checkDiffers(String option, Path other) {
        for (OutputFile file : files()) {
            if (file.isSame(other)) {
                throw new InputException(
                        "%s and %s both name %s".formatted(file.option(), option, other));
            }
        }
    }

    /// Whether there is anything to write to a file.
    boolean isWritten() {
        return json != null || html != null;
    }

    /// Whether standard output is for JSON or a page only.
    boolean isQuiet() {
        return files().stream().anyMatch(OutputFile::isStandardOutput);
    }

    private List<OutputFile> files() {
        List<OutputFile> files = new ArrayList<>();
        if (json != null) {
            files.add(new OutputFile(OPTION, json));
        }
        if (html != null) {
            files.add(new OutputFile(HTML, html));
        }
        return files;
    }

    /// Shows `document`, unless standard output is for something else. If it takes no more while a
    /// file is to be written, that is said after it was.
    void show(Document document) {
        if (isQuiet()) {
            return;
        }
        try {
            print(document, spec);
        } catch (InputException e) {
            if (!isWritten()) {
                throw e;
            }
            unshown = e;
        }
    }

    /// Says what begins, ahead of a document, unless standard output is for something else.
    void announce(String text) {
        if (!isQuiet()) {
            print(new Document().paragraph(text), spec);
            spec.commandLine().getOut().println();
        }
    }

    /// Writes a result of an experiment as JSON and as a page, if that is asked for.
    void write(Written result) {
        write(result.format(), result.content(), result.document());
    }

    /// Writes the fields of `content`, a record or a map, as JSON, and `document`, which says the
    /// same, as a page with the JSON in it, if that is asked for.
    void write(JsonFormat format, Object content, Document document) {
        write(format, content, document, ReportPage::text);
    }

    /// Writes the same with a page that is more than a report.
    ///
    /// @param page makes it of the report
    void write(
            JsonFormat format,
            Object content,
            Document document,
            Function<ReportPage, String> page) {
        if (isWritten()) {
            write(Json.text(format, content), document, page);
        }
        if (unshown != null) {
            throw unshown;
        }
    }

    private void write(String text, Document document, Function<ReportPage, String> maker) {
        PrintWriter out = spec.commandLine().getOut();
        if (json != null) {
            new OutputFile(OPTION, json).write(text, out);
        }
        if (html != null) {
            String[] question = spec.usageMessage().description();
            ReportPage page =
                    new ReportPage(
                            spec.qualifiedName(),
                            // As picocli would print it.
                            question.length == 0 ? "" : question[0].replace("%%", "%"),
                            document,
                            text,
                            Version.NUMBER);
            new OutputFile(HTML, html).write(maker.apply(page), out);
        }
    }

    /// Prints `document` as text that fits the width of the command line.
    static void print(Document document, CommandSpec spec) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(new TextRenderer(spec.commandLine().getUsageHelpWidth()).text(document));
        out.flush();
    }

    /// The width that `columns`, the environment's variable COLUMNS, asks for; the usual one if it
    /// is not there or no width.
    static int width(@Nullable String columns) {
        if (columns == null || !columns.matches("[1-9][0-9]{0,4}")) {
            return TextRenderer.USUAL_WIDTH;
        }
        return Math.max(TextRenderer.LEAST_WIDTH, Integer.parseInt(columns));
    }
}
