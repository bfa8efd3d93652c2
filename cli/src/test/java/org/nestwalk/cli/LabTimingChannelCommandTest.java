package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.nestwalk.cli.Nestwalk.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.cli.Nestwalk.Result;
import tools.jackson.databind.JsonNode;

class LabTimingChannelCommandTest {
    private static final String PROGRAM = "gups:footprint=64MiB,accesses=5k";

    @Test
    void jsonSaysHowItWasTold() {
        JsonNode json = run("lab", "timing-channel", PROGRAM, "--json", "-").json();
        assertThat(json.path("experiment").asString()).isEqualTo("timing-channel");
        JsonNode result = json.path("result").path("simulated");
        assertThat(result.path("defences").size()).isEqualTo(10);
        assertThat(result.path("single").path(0).path("statement").asString())
                .contains("encrypted");
        JsonNode manifest = json.path("manifest");
        assertThat(manifest.path("model").asString()).contains("one access at a time", "noise");
        assertThat(manifest.path("arguments").toString())
                .contains("noise", "seed")
                .doesNotContain("burst");
    }

    private static void checkMeasured(String where) {
        Result result =
                run(
                        "lab",
                        "timing-channel",
                        "--on",
                        where,
                        "--footprint",
                        "64MiB",
                        "--burst",
                        "100",
                        "--json",
                        "-");
        assumeTrue(!result.err().contains("backs only"), "this host gives no 2M pages");
        JsonNode json = result.json();
        assertThat(json.path("experiment").asString()).isEqualTo("timing-channel");
        JsonNode measured = json.path("result").path("measured");
        assertThat(json.path("result").has("simulated")).isFalse();
        assertThat(measured.path("complete").asBoolean()).isTrue();
        assertThat(measured.path("kernel").asString()).isEqualTo(System.getProperty("os.version"));
        assertThat(measured.path("rows").size()).isEqualTo(3);
        for (JsonNode row : measured.path("rows")) {
            assertThat(row.path("measurements").asInt()).isEqualTo(1_000);
            assertThat(row.path("small").asDouble()).isPositive();
            assertThat(row.path("judgement").path("area").asDouble()).isBetween(0.0, 1.0);
        }
        assertThat(json.at("/claims/0/effect").asString()).isEqualTo("bursts-tell-mappings-apart");
        assertThat(json.at("/claims/0/held").asBoolean())
                .isEqualTo(measured.at("/rows/2/judgement/area").asDouble() > 0.9);
        assertThat(json.at("/manifest/model").asString()).contains("measured: on the host");
        assertThat(json.at("/manifest").has("machine")).isFalse();
        assertThat(json.at("/manifest/arguments").toString())
                .contains(where, "64MiB")
                .doesNotContain("noise", "gups");
    }

    @Test
    void hostIsMeasured() {
        checkMeasured("host");
    }

    @Test
    void guestIsMeasured() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
        checkMeasured("kvm");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "--noise 0 ; --noise: '0' is not 1 to 1000000 cycles",
                "--noise=-5 ; --noise: '-5'",
                "--noise NaN ; --noise: 'NaN' is not a number, 1 to 1000000 cycles",
                "--delay 2e6 ; --delay: '2e6' is not 1 to 1000000 cycles",
                "--timer 0 ; --timer: '0'",
                "--accesses 10 ; --accesses: '10' is not 1k to 100M",
                "--accesses lots ; --accesses: 'lots' is not a count",
                "--on moon ; --on: 'moon' is not one of sim, host, kvm",
                "--on host --noise 5 ; --noise is for --on sim, not for --on host",
                "--on kvm gups ; PROGRAM|TRACE is for --on sim, not for --on kvm",
                "--footprint 8MiB ; --footprint is for --on host or kvm, not for --on sim",
                "--on host --footprint 1KiB ; --footprint: '1KiB' is not 4MiB to 64GiB, a multiple"
                        + " of",
                "--on host --footprint 5MiB ; '5MiB' is not 4MiB to 64GiB, a multiple of 2MiB",
                "--on host --footprint much ; --footprint: 'much'",
                "--on host --burst 0 ; --burst: '0' is not 1 to 100k",
                "--seed x ; --seed: 'x'",
                "--machine pentium ; unknown machine 'pentium'",
                "nosuchprogram ; is neither a file nor a program",
                "nowhere.nwt ; no such file: nowhere.nwt",
                "gups:footprint=1TiB ; a footprint of 1TiB is not 16GiB or less",
                "--json /nowhere/x ; --json: /nowhere/x cannot be written"
            })
    void badInputIsNamed(String options, String named) {
        List<String> line = new ArrayList<>(List.of("lab", "timing-channel"));
        line.addAll(List.of(options.split(" ")));
        BadInputTest.assertBad(run(line.toArray(String[]::new)), named);
    }
}
