package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class LabTransactionsCommandTest {
    private static final String PROGRAM = "gups:footprint=1MiB,accesses=5k";

    @Test
    void jsonSaysHowItWasTold() {
        JsonNode json = run("lab", "transactions", PROGRAM, "--json", "-").json();
        assertThat(json.path("experiment").asString()).isEqualTo("transactions");
        assertThat(json.path("result").path("fit").path("rSquared").asDouble()).isGreaterThan(0.99);
        assertThat(json.path("claims").path(0).path("effect").asString())
                .isEqualTo("a-transaction-is-as-safe-as-it-is-short");
        JsonNode manifest = json.path("manifest");
        assertThat(manifest.path("model").asString()).contains("one access at a time", "aborts");
        assertThat(manifest.path("arguments").toString()).contains("\"seed\":[\"1\"]", PROGRAM);
        assertThat(manifest.path("costs").size()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--length 0 | --length: '0' is not 1 to 16384",
                "--length=-4 | --length: '-4'",
                "--retries 1000001 | --retries: '1000001' is not 0 to 1M",
                "--interrupts=-1 | --interrupts: '-1' is not 1.0E-5 to 0.001",
                "--interrupts NaN | --interrupts: 'NaN' is not a number, 1.0E-5 to 0.001",
                "--interrupts 0 | --interrupts: '0' is not 1.0E-5 to 0.001",
                "--seed x | --seed: 'x'",
                "--machine yardstick | --machine: yardstick has no data caches",
                "--json /nowhere/x | --json: /nowhere/x cannot be written"
            })
    void badOptionIsNamed(String options, String named) {
        List<String> line = new ArrayList<>(List.of("lab", "transactions", PROGRAM));
        line.addAll(List.of(options.split(" ")));
        BadInputTest.assertBad(run(line.toArray(String[]::new)), named);
    }

    @Test
    void traceIsRefusedAsWhatItIs() {
        BadInputTest.assertBad(
                run("lab", "transactions", Nestwalk.LACKEY),
                "true.lackey.gz is a file; here only generated programs can run");
    }
}
