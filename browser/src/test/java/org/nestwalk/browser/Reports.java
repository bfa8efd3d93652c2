package org.nestwalk.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nestwalk.cli.Main;
import picocli.CommandLine;

/// Reports of command lines.
final class Reports {
    static final Path ROOT = Path.of(System.getProperty("nestwalk.root", ".."));

    private Reports() {}

    /// Runs a command line that writes its report to `file`.
    ///
    /// @param line words with spaces between; `{samples}` is the folder of sample traces
    static void write(Path file, String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ", -1)) {
            words.add(
                    word.replace("{samples}", ROOT + "/traces/src/test/resources/samples")
                            .replace("{examples}", ROOT + "/examples")
                            .replace("{folder}", String.valueOf(file.getParent())));
        }
        words.addAll(List.of("--html", file.toString()));
        String[] arguments = words.toArray(String[]::new);
        StringWriter err = new StringWriter();
        CommandLine command =
                Main.commandLine(arguments)
                        .setOut(new PrintWriter(Writer.nullWriter()))
                        .setErr(new PrintWriter(err));
        assertThat(command.execute(arguments)).as(line + "\n" + err).isZero();
    }
}
