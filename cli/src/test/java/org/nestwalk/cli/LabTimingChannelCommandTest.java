package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class LabTimingChannelCommandTest {
    private static final String PROGRAM = "gups:footprint=64MiB,accesses=5k";

    @Test
    void jsonSaysHowItWasTold() {
        JsonNode json = run("lab", "timing-channel", PROGRAM, "--json", "-").json();
        assertThat(json.path("story").asString()).isEqualTo("timing-channel");
        JsonNode result = json.path("rows").path(0);
        assertThat(result.path("defences").size()).isEqualTo(10);
        assertThat(result.path("single").path(0).path("statement").asString())
                .contains("encrypted");
        JsonNode manifest = json.path("manifest");
        assertThat(manifest.path("model").asString()).contains("one access at a time", "noise");
        assertThat(manifest.path("arguments").toString()).contains("--noise", "--seed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--noise 0 | noise: 0.0 is not 1 to 1,000,000 cycles",
                "--noise=-5 | noise: -5.0",
                "--noise NaN | noise: NaN",
                "--delay 2e6 | delay: 2000000.0 is not 1 to 1,000,000 cycles",
                "--timer 0 | timer: 0.0",
                "--accesses 10 | accesses: 10 is not 1,000 to 100,000,000",
                "--accesses lots | --accesses: 'lots' is not a count",
                "--on moon | --on: 'moon' is not a place to measure",
                "--seed x | '--seed': 'x'",
                "--machine pentium | unknown machine 'pentium'",
                "nosuchprogram | unknown program 'nosuchprogram'",
                "nowhere.nwt | no such file: nowhere.nwt",
                "gups:footprint=1TiB | a footprint of 1TiB is not 16GiB or less",
                "--json /nowhere/x | --json: /nowhere/x cannot be written"
            })
    void badInputIsNamed(String options, String named) {
        List<String> line = new ArrayList<>(List.of("lab", "timing-channel"));
        line.addAll(List.of(options.split(" ")));
        BadInputTest.assertBad(run(line.toArray(String[]::new)), named);
    }
}
