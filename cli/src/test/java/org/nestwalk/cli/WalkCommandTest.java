package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WalkCommandTest {
    private record Result(int status, String out, String err) {}

    private static Result run(String line) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int status = commandLine.execute(("walk " + line).split(" "));
        return new Result(status, out.toString(), err.toString());
    }

    private static JsonNode json(String line) {
        Result result = run(line + " --json -");
        assertThat(result.status()).as(result.err()).isZero();
        return new JsonMapper().readTree(result.out());
    }

    @ParameterizedTest
    @CsvSource({
        "'', 24",
        "--host 2M, 19",
        "--guest 2M, 19",
        "--guest 2M --host 2M, 15",
        "--guest 2M --host 1G, 11",
        "--guest 1G --host 1G, 8",
        "--guest-levels 5, 29",
        "--host-levels 5, 29",
        "--guest-levels 5 --host-levels 5, 35",
        "--mode native, 4",
        "--mode shadow, 4",
        "--mode flat, 9",
        "--mode npt --layout scattered --seed 3, 24",
    })
    void coldWalkListsTheReferencesOfTheFormula(String options, int expected) {
        JsonNode walk = json(("0x7f1234567123 " + options).trim());
        assertThat(walk.get("references").size()).isEqualTo(expected);
        assertThat(walk.get("totalReferences").intValue()).isEqualTo(expected);
        assertThat(walk.get("skipped").size()).isZero();
    }

    @Test
    void jsonTellsWhatEachReferenceIsFor() {
        JsonNode references = json("7f1234567123").get("references");
        JsonNode first = references.get(0);
        assertThat(first.get("number").intValue()).isEqualTo(1);
        assertThat(first.get("dimension").asString()).isEqualTo("second");
        assertThat(first.get("level").intValue()).isEqualTo(4);
        assertThat(first.get("name").asString()).isEqualTo("EPT PML4E");
        assertThat(first.get("for").asString()).isEqualTo("guest PML4E");
        assertThat(first.get("hpa").asString()).startsWith("0x");
        assertThat(first.has("gpa")).isFalse();
        assertThat(first.has("skippedBy")).isFalse();
        JsonNode guest = references.get(4);
        assertThat(guest.get("dimension").asString()).isEqualTo("guest");
        assertThat(guest.get("name").asString()).isEqualTo("PML4E");
        assertThat(guest.get("gpa").asString()).startsWith("0x");
        assertThat(references.get(23).get("for").asString()).isEqualTo("data page");
    }

    @Test
    void jsonHasTheOutcomeOfTheWalk() {
        JsonNode walk = json("7f1234567123 --guest 2M --op write");
        assertThat(walk.get("outcome").asString()).isEqualTo("OK");
        assertThat(walk.get("gva").asString()).isEqualTo("0x7f1234567123");
        assertThat(walk.get("gpa").asString()).endsWith("167123");
        assertThat(walk.get("hpa").asString()).endsWith("123");
        assertThat(walk.get("guestPageSize").asString()).isEqualTo("2M");
        assertThat(walk.get("hostPageSize").asString()).isEqualTo("4K");
        assertThat(walk.get("effectivePageSize").asString()).isEqualTo("4K");
        assertThat(walk.get("memoryType").asString()).isEqualTo("WB");
        assertThat(walk.get("permissions").get("effective").asString()).isEqualTo("R W X U");
        assertThat(walk.get("flagUpdates").size()).as("the fault has set them").isZero();
        assertThat(walk.get("totalCycles").longValue()).isPositive();
    }

    @Test
    void warmJsonSeparatesWhatWasSkipped() {
        JsonNode walk = json("7f1234567123 --warm");
        assertThat(walk.get("references").size() + walk.get("skipped").size()).isEqualTo(24);
        assertThat(walk.get("skipped").get(0).get("skippedBy").asString()).isEqualTo("PDE cache");
        assertThat(walk.get("skipped").get(0).has("number")).isFalse();
    }

    @Test
    void modeFollowsTheMachineUnlessGiven() {
        assertThat(json("1000 --machine zen4").get("mode").asString()).isEqualTo("npt");
        assertThat(json("1000 --machine zen4 --mode ept").get("mode").asString()).isEqualTo("ept");
    }

    @Test
    void sameSeedGivesTheSameText() {
        String line = "7f1234567123 --layout scattered --seed 5 --warm";
        assertThat(run(line).out()).isEqualTo(run(line).out());
    }

    @Test
    void nonCanonicalAddressIsExplainedWithStatusZero() {
        Result result = run("0x800000000000");
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("#GP(0)").contains("not canonical");
        JsonNode walk = json("0x800000000000");
        assertThat(walk.get("outcome").asString()).isEqualTo("GENERAL_PROTECTION");
        assertThat(walk.get("fault").get("meaning").asString()).contains("not canonical");
        assertThat(walk.has("hpa")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz",
                "0x",
                "-0x10",
                "12345678901234567",
                "1000 --guest 8K",
                "1000 --host 3M",
                "1000 --guest-levels 3",
                "1000 --host-levels 6",
                "1000 --mode both",
                "1000 --op jump",
                "1000 --machine zen9",
                "1000 --layout heap",
                "1000 --mode native --host 2M",
                "1000 --mode flat --host-levels 5",
                "1000 --mode shadow --guest 2M --host 4K",
                "1000 --seed x",
            })
    void badInputEndsWithStatusTwoAndNoStackTrace(String line) {
        Result result = run(line);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).isNotBlank().doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }
}
