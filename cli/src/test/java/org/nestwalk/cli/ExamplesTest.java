package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// The traces in `examples/` are worth running.
class ExamplesTest {
    static List<Path> examples() {
        try (Stream<Path> files = Files.list(Nestwalk.ROOT.resolve("examples"))) {
            return files.filter(file -> file.toString().endsWith(".nwt")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thereAreSeveral() {
        assertThat(examples()).hasSizeGreaterThanOrEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleIsLongButSmall(Path example) throws IOException {
        JsonNode counts =
                run("trace", "info", "--json", "-", example.toString())
                        .json()
                        .at("/summary/counts");
        long data =
                counts.get("loads").asLong()
                        + counts.get("stores").asLong()
                        + counts.get("modifies").asLong();
        assertThat(data).isGreaterThanOrEqualTo(2_000_000);
        assertThat(Files.size(example)).isLessThan(Math.min(4_000_000, 2 * data));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleRuns(Path example) {
        JsonNode json = run("run", example.toString(), "--limit", "200k", "--json", "-").onlyRun();
        assertThat(json.get("accesses").asLong()).isEqualTo(200_000);
        assertThat(json.at("/setups/2/walks").asLong()).isPositive();
    }
}
