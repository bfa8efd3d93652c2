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
        assertThat(json.path("story").asString()).isEqualTo("transactions");
        assertThat(json.path("rows").path(0).path("fit").path("rSquared").asDouble())
                .isGreaterThan(0.99);
        JsonNode manifest = json.path("manifest");
        assertThat(manifest.path("model").asString()).contains("one access at a time", "aborts");
        assertThat(manifest.path("arguments").toString()).contains("--seed");
        assertThat(manifest.path("costs").size()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--length 0 | transaction length: 0 is not 1 to 16,384",
                "--length=-4 | transaction length: -4",
                "--retries 1000001 | retries: 1,000,001 is not 0 to 1,000,000",
                "--interrupts=-1 | --interrupts is from 1e-5 to 1e-3, not -1.0",
                "--interrupts NaN | --interrupts: 'NaN' is not a number",
                "--interrupts 0 | --interrupts is from 1e-5 to 1e-3, not 0.0",
                "--seed x | --seed: 'x'",
                "--machine yardstick | machine yardstick has no data caches",
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
