package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.json.Json;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.document.text.TextRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What a command shows: a text on standard output, and the same for programs where `--json` asks
/// for it.
final class Output {
    private static final String OPTION = "--json";

    @Option(
            names = OPTION,
            paramLabel = "FILE",
            description = "Write the result as JSON; - is standard output, instead of the text.")
    private @Nullable Path json;

    private @Nullable InputException unshown;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// Fails now if the JSON could not be written later, or would destroy one of `inputs`.
    void check(List<String> inputs) {
        if (json != null) {
            new OutputFile(OPTION, json).check(inputs);
        }
    }

    /// Fails if the JSON would take the place of what `option` writes to `other`.
    void checkDiffers(String option, Path other) {
        if (json != null && new OutputFile(OPTION, json).isSame(other)) {
            throw new InputException("%s and %s both name %s".formatted(OPTION, option, other));
        }
    }

    /// Whether there is anything to write as JSON.
    boolean isJson() {
        return json != null;
    }

    /// Where to write JSON; null for nowhere.
    @Nullable Path json() {
        return json;
    }

    /// Whether standard output is for JSON only.
    boolean isQuiet() {
        return json != null && new OutputFile(OPTION, json).isStandardOutput();
    }

    /// Shows `document`, unless standard output is for JSON only. If it takes no more while a file
    /// is to be written, that is said after it was.
    void show(Document document) {
        if (isQuiet()) {
            return;
        }
        try {
            print(document, spec);
        } catch (InputException e) {
            if (json == null) {
                throw e;
            }
            unshown = e;
        }
    }

    /// Says what begins, ahead of a document, unless standard output is for JSON only.
    void announce(String text) {
        if (!isQuiet()) {
            print(new Document().paragraph(text), spec);
            spec.commandLine().getOut().println();
        }
    }

    /// Writes the fields of `content`, a record or a map, if that is asked for.
    void write(JsonFormat format, Object content) {
        if (json != null) {
            new OutputFile(OPTION, json)
                    .write(Json.text(format, content), spec.commandLine().getOut());
        }
        if (unshown != null) {
            throw unshown;
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
