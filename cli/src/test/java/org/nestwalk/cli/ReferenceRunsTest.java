package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// Whatever makes the engine faster leaves every byte of its results as it was: the digests of
/// reference runs' JSON are kept in `reference-runs.txt`, one a line, before the run's arguments.
///
/// A change that is meant to change results replaces the digests that it changes, and says why.
class ReferenceRunsTest {
    private static final ObjectWriter WRITER = JsonMapper.shared().writerWithDefaultPrettyPrinter();

    /// A run and the SHA-256 of its JSON.
    record ReferenceRun(String digest, String arguments) {
        @Override
        public String toString() {
            return arguments;
        }
    }

    static List<ReferenceRun> runs() {
        try (InputStream in = ReferenceRunsTest.class.getResourceAsStream("reference-runs.txt")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .map(parts -> new ReferenceRun(parts[0], parts[1]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void jsonIsUnchanged(ReferenceRun reference) throws NoSuchAlgorithmException {
        List<String> line = new ArrayList<>(List.of("run", "--json", "-"));
        for (String argument : reference.arguments().split(" ", -1)) {
            line.add(
                    argument.replace("{lackey}", Nestwalk.LACKEY)
                            .replace("{drmemtrace}", Nestwalk.DRMEMTRACE)
                            .replace("{examples}", Nestwalk.ROOT + "/examples"));
        }
        Nestwalk.Result result = run(line.toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isZero();
        // The run alone, as it was before it stood in a list. Names of files depend on where the
        // project is.
        String run = WRITER.writeValueAsString(result.onlyRun()) + "\n";
        String json = run.replace(Nestwalk.ROOT.toString(), "ROOT");
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(hash)).isEqualTo(reference.digest());
    }
}
