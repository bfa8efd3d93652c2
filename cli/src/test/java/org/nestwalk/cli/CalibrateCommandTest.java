package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class CalibrateCommandTest {
    @TempDir private Path folder;

    private static Nestwalk.Result quick(String... more) {
        String[] line = new String[6 + more.length];
        line[0] = "calibrate";
        line[1] = "--quick";
        line[2] = "--footprint";
        line[3] = "4MiB";
        line[4] = "--seconds";
        line[5] = "1";
        System.arraycopy(more, 0, line, 6, more.length);
        return Nestwalk.run(line);
    }

    @Test
    void jsonHoldsEveryPointMeasuredAndSimulated() {
        JsonNode json = quick("--json", "-").json();
        assertThat(json.get("coreGHz").asDouble()).isPositive();
        assertThat(json.get("curves").size()).isPositive();
        for (JsonNode curve : json.get("curves")) {
            for (JsonNode point : curve.get("points")) {
                assertThat(point.get("measured").asDouble()).isPositive();
                assertThat(point.get("simulated").asDouble()).isPositive();
            }
        }
    }

    @Test
    void textDrawsCurvesAndSaysWhatIsNotKnown() {
        Nestwalk.Result result = quick("--no-guest");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("Natively: nanoseconds of a load")
                .contains("m is measured, s is simulated")
                .contains("points (")
                .contains("What this does not tell:")
                .contains("No curves in a guest: not asked for.");
        // 4 MiB are two large pages.
        assertThat(result.out().replaceAll("\\s+", " "))
                .containsPattern("first-level TLB, 2M \\d+ entries, [0-9.]+ \\w+, assumed");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void machineThatIsWrittenCanBeUsed() {
        Path file = folder.resolve("here.yaml");
        assertThat(quick("--no-guest", "--output", file.toString()).status()).isZero();
        assertThat(Nestwalk.run("machines", file.toString()).out())
                .contains("measured by nestwalk calibrate on")
                .doesNotContain("not stated");
        assertThat(
                        Nestwalk.run(
                                        "run",
                                        "gups:footprint=1MiB,accesses=10k",
                                        "--machine",
                                        file.toString())
                                .status())
                .isZero();
    }

    @Test
    void existingFileIsNotWrittenOver() throws IOException {
        Path file = folder.resolve("mine.yaml");
        Files.writeString(file, "mine");
        Nestwalk.Result result = quick("--output", file.toString());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("exists; --force writes over it");
        assertThat(file).hasContent("mine");
    }

    @ParameterizedTest
    @CsvSource({
        "--footprint, 1KiB, --footprint: '1KiB' is not 4MiB to 1TiB",
        "--footprint, 900GiB, --footprint: 900GiB is more than",
        "--footprint, much, --footprint: ",
        "--seconds, 0, --seconds: '0' is not 1 to 3600",
        "--output, machine.txt, ends in .yaml"
    })
    void badInputEndsWithOneSentence(String option, String value, String message) {
        Nestwalk.Result result = Nestwalk.run("calibrate", option, value);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains(message);
        assertThat(result.err().lines()).hasSize(1);
    }
}
