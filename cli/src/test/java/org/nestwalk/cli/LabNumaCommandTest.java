package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class LabNumaCommandTest {
    private static final String PROGRAM = "gups:footprint=1GiB,accesses=2M";

    @TempDir private static Path directory;

    private static String machine = "";

    /// The default machine with caches that few accesses fill.
    @BeforeAll
    static void writeMachine() throws IOException {
        machine = SmallNumaMachine.write(directory).toString();
    }

    /// The line for the small machine, but for what is `given`.
    private static String[] line(String... given) {
        List<String> options = List.of(given);
        List<String> line = new ArrayList<>(List.of("lab", "numa", PROGRAM));
        if (!options.contains("--machine")) {
            line.addAll(List.of("--machine", machine));
        }
        if (!options.contains("--node-memory")) {
            line.addAll(List.of("--node-memory", "1536MiB"));
        }
        line.addAll(options);
        return line.toArray(String[]::new);
    }

    @Test
    void jsonSaysHowItWasTold() {
        JsonNode json = run(line("--json", "-")).json();
        assertThat(json.path("experiment").asString()).isEqualTo("numa");
        JsonNode cells = json.path("result").path("programs").path(0).path("placements");
        assertThat(cells.size()).isEqualTo(9);
        assertThat(cells.path(0).path("ratio").asDouble()).isEqualTo(1);
        assertThat(cells.path(1).path("published").asDouble()).isEqualTo(1.35);
        JsonNode manifest = json.path("manifest");
        assertThat(manifest.path("model").asString()).contains("NUMA", "one after the other");
        assertThat(manifest.path("arguments").toString()).contains("remote", "loaded", "seed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--away 4 | --away: no node 4; this machine has nodes 0 to 3",
                "--home=-1 | --home: '-1' is not a count",
                "--home 1 | --away: node 1 is that of the CPU, --home, and not remote; use another"
                        + " of 0 to 3",
                "--nodes 65 | --nodes: '65' is not 2 to 64",
                "--nodes 1 | --nodes: '1' is not 2 to 64",
                "--nodes 0 | --nodes: '0' is not 2 to 64",
                "--remote=-1.65 | --remote: '-1.65' is not 1 to 10",
                "--remote 0.5 | --remote: '0.5' is not 1 to 10",
                "--remote NaN | --remote: 'NaN' is not",
                "--loaded 1.2 | --loaded: 1.2 is less than idle remote memory takes, --remote 1.65",
                "--loaded 1e9 | --loaded: '1e9' is not 1 to 100",
                "--loaded 3 --tenant stream | --loaded and --tenant stand for the same",
                "--tenant nosuch | unknown program 'nosuch'",
                "--tenant stream --tenant-cpus 0 | --tenant-cpus: '0' is not 1 to 1024",
                "--tenant stream --bandwidth 0 | --bandwidth: '0' is not 1 to 10000 GB/s",
                "--overlap 0 | --overlap: '0' is not 1 to 100",
                "--entry-cycles=-1 | --entry-cycles: '-1' is not a count",
                "--node-memory 1MiB | --node-memory: '1MiB' is not 64MiB to 512GiB, a multiple of"
                        + " 4MiB",
                "--node-memory 64MiB | node 0 has 64MiB of memory",
                "--machine yardstick | machine yardstick has no data caches",
                "--json /nowhere/x | --json: /nowhere/x cannot be written"
            })
    void badOptionIsNamed(String options, String named) {
        BadInputTest.assertBad(run(line(options.split(" "))), named);
    }

    @Test
    void thePublishedFigureStandsBesideOurs() {
        String text = run(60, line()).out();
        WidthTest.assertTextFits(text, 60);
        assertThat(text).contains("RRI + migration", "deviation", "3.05", "What to conclude:");
    }

    @Test
    void remoteMemoryAsFastAsLocalIsSaidToMakeNoDifference() {
        String text = run(line("--remote", "1", "--loaded", "1")).out().replaceAll("\\s+", " ");
        assertThat(text)
                .contains("makes no difference", "remote memory is as fast as local")
                .contains("Data alone placed well is enough here")
                .doesNotContain("alike");
    }
}
