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
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.cli.Nestwalk.Result;
import tools.jackson.databind.JsonNode;

/// `vm run --on kvm` runs programs on the host's processor, verifies them and says what happened.
class VmRunOnKvmTest {
    private static final String GUPS = "gups:footprint=8MiB,accesses=200k";

    private static Result onKvm(String options) {
        List<String> line = new ArrayList<>(List.of("vm", "run", "--on", "kvm"));
        line.addAll(List.of(options.split(" ")));
        if (!options.contains("--memory")) {
            line.addAll(List.of("--memory", "64MiB"));
        }
        return run(line.toArray(String[]::new));
    }

    private static void needKvm() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
    }

    @ParameterizedTest
    @CsvSource({"first-touch, 4K", "2M, thp", "eager, 4K", "eager-2M, thp"})
    void everyBackingIsVerified(String backing, String pages) {
        needKvm();
        JsonNode json =
                onKvm("%s --backing %s --guest-pages %s --json -".formatted(GUPS, backing, pages))
                        .json();
        assertThat(json.get("verified").asBoolean()).isTrue();
        assertThat(json.get("accesses").asLong()).isEqualTo(200_000);
        assertThat(json.at("/pages/guestSmall").asLong() + json.at("/pages/guestLarge").asLong())
                .isGreaterThanOrEqualTo(8 << 20);
    }

    @Test
    void programsThatMakeSystemCallsEndAsOnTheSimulatedMachine() {
        needKvm();
        String arena = "arena:footprint=8MiB,arena=256KiB,accesses=100k";
        JsonNode here = onKvm(arena + " --vcpus 2 --json -").json();
        JsonNode simulated =
                run("vm", "run", arena, "--memory", "64MiB", "--vcpus", "2", "--json", "-").json();
        for (JsonNode each : List.of(here, simulated)) {
            assertThat(each.get("verified").asBoolean()).isTrue();
            assertThat(each.at("/tasks/1/accesses").asLong()).isEqualTo(100_000);
        }
        assertThat(here.at("/tasks/0/checksum")).isEqualTo(simulated.at("/tasks/0/checksum"));
    }

    @Test
    void textSaysThatTimesAreMeasured() {
        needKvm();
        Result result = onKvm(GUPS + " --vcpus 2 --parallel");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("KVM on ", "verified", "4,096 first touches took 4K", "measured on");
    }

    @Test
    void aNodeOfTheHostCanBeAskedFor() {
        needKvm();
        JsonNode json = onKvm(GUPS + " --vcpus 2 --parallel --node 0 --json -").json();
        assertThat(json.get("verified").asBoolean()).isTrue();
        assertThat(json.at("/manifest/options/node").asInt()).isZero();
        assertThat(onKvm(GUPS + " --node 0").out()).contains("on node 0 of the host");
    }

    @Test
    void anUnknownNodeIsNamedWithTheRange() {
        BadInputTest.assertBad(onKvm(GUPS + " --node 1000"), "--node: no node 1000; this host has");
        BadInputTest.assertBad(onKvm(GUPS + " --node 4096"), "--node: '4096' is not 0 to 1023");
        BadInputTest.assertBad(onKvm(GUPS + " --node=-1"), "--node: '-1' is not a count");
        BadInputTest.assertBad(
                run("vm", "run", GUPS, "--node", "0"),
                "--node is for --on kvm, not for --on sim: the simulated machine");
    }

    @Test
    void jsonIsAsItsSchemaSays() {
        needKvm();
        JsonNode json = onKvm(GUPS + " --limit 1000 --node 0 --json -").json();
        assertThat(VmSchemaTest.errors(json)).isEmpty();
        assertThat(json.at("/manifest/options/on").asString()).isEqualTo("kvm");
        assertThat(json.get("accessesPerSecond").asLong()).isPositive();
        assertThat(json.has("cycles")).isFalse();
        assertThat(json.at("/manifest").has("costs")).isFalse();
    }

    @Test
    void figuresAreWrittenAsCsvToo() {
        needKvm();
        assertThat(onKvm(GUPS + " --csv -").out())
                .startsWith("task,CPU,accesses,checksum,outcome\r\n\"gups:")
                .contains("guest maps,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--hint",
                "--mode shadow",
                "--mode native",
                "--mode nested",
                "--seed 2",
                "--backing khugepaged",
                "--backing misaligned",
                "--fragmentation 0.5:random",
                "--host-memory 4GiB",
                "--no-pcid",
                "--machine zen4"
            })
    void whatOnlyTheSimulatedMachineHasIsRefused(String option) {
        Result result = onKvm(GUPS + " " + option);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .contains(option.replaceAll(" .*", ""))
                .containsAnyOf("--on sim", "this is for the simulated machine")
                .hasLineCount(1);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void moreMemoryThanTheHostHasIsRefused() {
        needKvm();
        Result result = onKvm(GUPS + " --memory 1TiB");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("more than the host's", "use less").hasLineCount(1);
    }

    @Test
    void unknownMachineIsRefused() {
        Result result = run("vm", "run", "--on", "xen", GUPS);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("--on: 'xen' is not one of sim, kvm");
    }
}
