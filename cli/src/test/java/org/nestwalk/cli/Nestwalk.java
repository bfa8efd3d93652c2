package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.nestwalk.document.text.TextRenderer;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs a command line inside this process.
final class Nestwalk {
    static final Path ROOT = Path.of(System.getProperty("nestwalk.root", ".."));
    static final Path SAMPLES = ROOT.resolve("traces/src/test/resources/samples");
    static final String LACKEY = SAMPLES.resolve("true.lackey.gz").toString();
    static final String DRMEMTRACE = SAMPLES.resolve("true.drmemtrace.zip").toString();

    private Nestwalk() {}

    /// What a command line ended with.
    record Result(int status, String out, String err) {
        /// Standard output as JSON, after success.
        JsonNode json() {
            assertThat(status).as(err).isZero();
            return JsonMapper.shared().readTree(out);
        }

        /// The only run in the JSON of `run`.
        JsonNode onlyRun() {
            JsonNode runs = json().get("runs");
            assertThat(runs).hasSize(1);
            return runs.get(0);
        }
    }

    static Result run(String... line) {
        return run(TextRenderer.USUAL_WIDTH, line);
    }

    /// In a terminal of `width` columns.
    static Result run(int width, String... line) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine(line)
                        .setUsageHelpWidth(width)
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err));
        int status = commandLine.execute(line);
        return new Result(status, out.toString(), err.toString());
    }
}
