package org.nestwalk.cli;

import java.io.PrintWriter;
import java.util.List;
import org.nestwalk.document.Document;
import org.nestwalk.document.text.TextRenderer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// What commands say beside their results.
final class StandardError {
    private static final String NAME = "nestwalk: ";

    private StandardError() {}

    /// Says `what`, such as what is wrong with the input.
    static void tell(CommandSpec spec, String what) {
        tell(spec.commandLine(), what);
    }

    /// The same, of the command `line`.
    static void tell(CommandLine line, String what) {
        PrintWriter err = line.getErr();
        err.print(text(what, isWrapped(), line.getUsageHelpWidth()));
        err.flush();
    }

    /// People read lines; what searches a file or a pipe for a sentence wants it whole.
    private static boolean isWrapped() {
        return Terminal.isStandardError() || System.getenv("COLUMNS") != null;
    }

    /// Lines of up to `width` columns if they are `wrapped`, each ended by a newline.
    static String text(String what, boolean wrapped, int width) {
        List<String> lines = (NAME + what).lines().toList();
        return wrapped
                ? new TextRenderer(width).text(new Document().lines(lines))
                : String.join("\n", lines) + "\n";
    }
}
