package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TraceCommandTest {
    private static final String SAMPLES =
            System.getProperty("nestwalk.root", "..") + "/traces/src/test/resources/samples/";
    private static final String DRMEMTRACE = SAMPLES + "true.drmemtrace.zip";
    private static final String LACKEY = SAMPLES + "true.lackey.gz";

    @TempDir Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void infoTellsTheAccessesByKind() {
        assertThat(run("trace", "info", DRMEMTRACE)).isZero();

        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains("26,448 loads, 10,735 stores, 0 modifies, 113,287 fetches")
                .contains("345 instructions executed again")
                .contains("guessed");
    }

    @Test
    void infoPrintsJson() {
        assertThat(run("trace", "info", "--json", "-", DRMEMTRACE)).isZero();

        JsonNode json = JsonMapper.shared().readTree(out.toString());
        assertThat(json.at("/summary/counts/loads").asLong()).isEqualTo(26_448);
        assertThat(json.at("/header/format").asString()).isEqualTo("DRMEMTRACE");
        assertThat(json.at("/digest").asString()).hasSize(64);
    }

    @Test
    void headPrintsTheFirstAccesses() {
        assertThat(run("trace", "head", "-n", "2", LACKEY)).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "        0    0  FETCH   000000000401ab70  3",
                        "        1    0  FETCH   000000000401ab73  5");
    }

    @Test
    void convertedTracesHaveTheSameDigestAgain() {
        String first = directory.resolve("first.nwt").toString();
        String second = directory.resolve("second.nwt").toString();

        assertThat(run("trace", "convert", LACKEY, first)).isZero();
        assertThat(run("trace", "convert", first, second)).isZero();

        assertThat(digest(first)).isEqualTo(digest(second));
    }

    @Test
    void convertRefusesToOverwriteItsInput() throws IOException {
        Path file = Files.copy(Path.of(LACKEY), directory.resolve("trace.gz"));

        assertThat(run("trace", "convert", file.toString(), file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("it is the trace to read");
    }

    @Test
    void convertWritesOverAFileOnlyIfForced() throws IOException {
        for (String format : List.of("nwt", "lackey", "raw")) {
            Path file = Files.writeString(directory.resolve(format), "old");
            String[] line = {"trace", "convert", LACKEY, file.toString(), "--to", format};

            assertThat(run(line)).isEqualTo(2);
            assertThat(err.toString()).contains(format + " exists; --force writes over it");
            assertThat(file).hasContent("old");

            String[] forced = Arrays.copyOf(line, line.length + 1);
            forced[line.length] = "--force";
            assertThat(run(forced)).isZero();
            assertThat(Files.size(file)).isGreaterThan(1000);
        }
    }

    @Test
    void aGarbledTraceIsOneMessageAndStatusTwo() throws IOException {
        Path file = Files.writeString(directory.resolve("trace.txt"), "I  04000000,3\nI  x,3\n");

        assertThat(run("trace", "info", file.toString())).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).contains("trace.txt: line 2:");
    }

    @Test
    void anUnknownFormatNamesTheKnownOnes() {
        assertThat(run("trace", "info", "--format", "pin", LACKEY)).isEqualTo(2);
        assertThat(err.toString()).contains("nwt, lackey, drmemtrace, champsim");
    }

    private String digest(String file) {
        out.getBuffer().setLength(0);
        assertThat(run("trace", "info", "--json", "-", file)).isZero();
        return JsonMapper.shared().readTree(out.toString()).at("/digest").asString();
    }

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
