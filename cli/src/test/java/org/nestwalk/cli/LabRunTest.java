package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Experiments on the command line, whichever they are.
class LabRunTest {
    private static final String PERMISSIONS = "lab permissions";
    private static final String HINT =
            "lab hint gups:footprint=16MiB,accesses=20k --memory 64MiB --fragmentation 0.9:random";

    private static Nestwalk.Result lab(String line, String... more) {
        List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
        words.addAll(List.of(more));
        return run(words.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {PERMISSIONS, HINT})
    void jsonSaysWhatCameOutWhatItShowsAndHowItWasRunAndIsTheSameTwice(String line) {
        Nestwalk.Result first = lab(line, "--json", "-");
        JsonNode json = first.json();
        assertThat(line).startsWith("lab " + json.path("experiment").asString());
        assertThat(json.path("result").path("machine").asString()).isEqualTo("skylake-sp");
        assertThat(json.path("claims").size()).isPositive();
        for (JsonNode claim : json.path("claims")) {
            assertThat(claim.path("sentence").asString()).isNotBlank();
        }
        JsonNode manifest = json.path("manifest");
        assertThat(manifest.path("arguments").path("machine").toString())
                .isEqualTo("[\"skylake-sp\"]");
        assertThat(manifest.path("parameters").size()).isPositive();
        assertThat(lab(line, "--json", "-").out()).isEqualTo(first.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                PERMISSIONS + " | guest \\ host,not mapped,R--",
                HINT + " | way,2M on 2M,95 % after"
            })
    void csvHasTheTables(String line, String heading) {
        assertThat(lab(line, "--csv", "-").out()).startsWith(heading).doesNotContain("conclude");
    }

    @Test
    void aSubjectThatIsOneOfManyWordsIsCalledByItsName() {
        assertThat(lab("paper nope").err())
                .startsWith("nestwalk: PAPER: 'nope' is not one of bhargava-2008, ");
        assertThat(lab("paper --help").out()).contains("[PAPER...]");
    }

    @Test
    void helpSaysWhatAnOptionIsFor() {
        assertThat(lab("lab timing-channel --help").out().replaceAll("\\s+", " "))
                .contains("1 to 100k; for --on host or kvm (default: 2k).")
                .contains("1k to 100M; for --on sim (default: 300k).");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                PERMISSIONS + " --machine pentium | unknown machine 'pentium'",
                PERMISSIONS + " gups | gups",
                HINT + " --khugepaged 0 | --khugepaged: '0' is not 1.0E-6 to 1000000",
                "lab hint --memory 1MiB | --memory: '1MiB' is not 16MiB to 16TiB, a multiple of",
                "lab hint --fragmentation much | --fragmentation: "
            })
    void badInputIsNamed(String line, String named) {
        BadInputTest.assertBad(lab(line), named);
    }
}
