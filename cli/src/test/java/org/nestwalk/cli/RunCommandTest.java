package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.DRMEMTRACE;
import static org.nestwalk.cli.Nestwalk.LACKEY;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.cli.Nestwalk.Result;
import tools.jackson.databind.JsonNode;

class RunCommandTest {
    private static final String[] DEFAULT_SETUPS = {
        "native:4K",
        "native:2M",
        "nested:4K/4K",
        "nested:4K/2M",
        "nested:2M/4K",
        "nested:2M/2M",
        "shadow:4K"
    };
    private static final String GUPS = "gups:footprint=64MiB,accesses=20k";

    @TempDir private Path folder = Path.of("");

    @Test
    void tableListsTheDefaultSetups() {
        Result result = run("run", LACKEY);
        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        for (String setup : DEFAULT_SETUPS) {
            assertThat(result.out()).containsPattern("(?m)^ +" + setup + " ");
        }
        assertThat(result.out())
                .startsWith("Running ")
                .contains("\ntrue.lackey.gz on skylake-sp: ")
                .contains("cycles/access: of");
    }

    @Test
    void programsThatMakeSystemCallsAreRefused() {
        Result result = run("run", "arena:footprint=64MiB,accesses=20k");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().replace('\n', ' '))
                .contains(
                        "program arena makes system calls, for which it needs a guest's kernel: it"
                                + " runs in virtual machines only");
    }

    @Test
    void sentencesSayWhatLargePagesWouldGetBack() {
        assertThat(run("run", LACKEY).out().replace('\n', ' '))
                .containsPattern(
                        "nested 4K/4K spends [0-9.]+ % of its cycles on translation, native 4K"
                            + " [0-9.]+ %\\. 2M pages would get back [0-9.]+ % in both dimensions,"
                            + " ")
                .containsPattern("Shadow paging, with [0-9,]+ exits");
    }

    @Test
    void shortRunSaysThatItIsTooShort() {
        String all = run("run", "zipf:footprint=64MiB,accesses=20k").out().replace('\n', ' ');
        assertThat(all)
                .contains(
                        "this one is too short to conclude from",
                        "a warm-up of 10000 accesses counts only the second half of this run");
        String warm = run("run", "zipf:footprint=1MiB,accesses=40k", "--warmup", "20k").out();
        assertThat(warm).doesNotContain("too short");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "accesses",
                "l1Misses",
                "l2Misses",
                "walks",
                "references",
                "referencesPerWalk",
                "guestReferences",
                "secondLevelReferences",
                "translationCycles",
                "flagCycles",
                "coldReferences",
                "coldCycles",
                "cycles",
                "splinteredFills",
                "pageTableBytes"
            })
    void jsonHasTheFieldForEverySetup(String field) {
        JsonNode setups =
                run("run", LACKEY, "--limit", "5000", "--json", "-").onlyRun().get("setups");
        assertThat(setups.size()).isEqualTo(DEFAULT_SETUPS.length);
        for (JsonNode setup : setups) {
            assertThat(setup.path(field).isNumber()).as(setup.toString()).isTrue();
        }
    }

    @Test
    void jsonNamesSetupsInTheOrderAskedFor() {
        JsonNode json =
                run("run", GUPS, "--setups", "shadow:2M,nested:1G/4K,flat:4K", "--json", "-")
                        .onlyRun();
        assertThat(json.get("setups").valueStream().map(setup -> setup.get("name").asString()))
                .containsExactly("shadow:2M", "nested:1G/4K", "flat:4K");
    }

    @Test
    void manifestTellsHowToRunItAgain() {
        JsonNode manifest =
                run("run", GUPS, "--seed", "7", "--warmup", "1k", "--limit", "9k", "--json", "-")
                        .onlyRun()
                        .get("manifest");
        assertThat(manifest.get("version").asString()).isEqualTo(Version.NUMBER);
        assertThat(manifest.get("workload").asString()).startsWith("program gups:");
        assertThat(manifest.get("machine").asString()).isEqualTo("skylake-sp");
        assertThat(manifest.get("seed").asLong()).isEqualTo(7);
        assertThat(manifest.get("warmup").asLong()).isEqualTo(1000);
        assertThat(manifest.get("limit").asLong()).isEqualTo(9000);
        assertThat(manifest.get("parameters").size()).isGreaterThan(20);
    }

    @Test
    void traceIsIdentifiedByItsDigest() {
        JsonNode json = run("run", DRMEMTRACE, "--setups", "native:4K", "--json", "-").onlyRun();
        assertThat(json.at("/manifest/workload").asString()).matches("trace [0-9a-f]{64}");
        assertThat(json.at("/accesses").asLong()).isEqualTo(26_448 + 10_735 + 113_287);
    }

    @Test
    void threadsDoNotChangeAByte() {
        String one = run("run", LACKEY, "--threads", "1", "--json", "-").out();
        assertThat(run("run", LACKEY, "--threads", "4", "--json", "-").out()).isEqualTo(one);
    }

    @Test
    void twoRunsGiveTheSameBytes() {
        String[] line = {"run", GUPS, "--host-layout", "fragmented:0.5", "--json", "-"};
        assertThat(run(line).out()).startsWith("{").isEqualTo(run(line).out());
    }

    @Test
    void warmupAndLimitBoundWhatIsCounted() {
        JsonNode json =
                run("run", GUPS, "--warmup", "5k", "--limit", "12k", "--json", "-").onlyRun();
        assertThat(json.get("accesses").asLong()).isEqualTo(7000);
    }

    @Test
    void intervalsAddUpToTheWhole() {
        JsonNode json = run("run", GUPS, "--interval", "8000", "--json", "-").onlyRun();
        assertThat(json.get("intervals").size()).isEqualTo(3);
        long walks = 0;
        for (JsonNode interval : json.get("intervals")) {
            walks += interval.at("/setups/2/walks").asLong();
        }
        assertThat(walks).isEqualTo(json.at("/setups/2/walks").asLong()).isPositive();
    }

    @Test
    void csvHasALineForEachSetupAndInterval() {
        Result result = run("run", GUPS, "--interval", "10k", "--csv", "-");
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(1 + 7 * 3);
        assertThat(lines.getFirst()).startsWith("workload,machine,interval,name,accesses,");
        assertThat(lines.get(1)).contains(",skylake-sp,all,native:4K,20000,");
        assertThat(lines.getLast()).contains(",skylake-sp,1,shadow:4K,10000,");
    }

    @Test
    void filesAreWrittenBesideTheTable() throws IOException {
        Path json = folder.resolve("run.json");
        Path csv = folder.resolve("run.csv");
        Result result = run("run", GUPS, "--json", json.toString(), "--csv", csv.toString());
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("nested:4K/4K");
        assertThat(Files.readString(json)).isEqualTo(run("run", GUPS, "--json", "-").out());
        assertThat(Files.readString(csv)).isEqualTo(run("run", GUPS, "--csv", "-").out());
    }

    @Test
    void severalWorkloadsRunOneAfterTheOther() {
        Result result = run("run", LACKEY, GUPS, "--limit", "5000");
        assertThat(result.out()).contains("true.lackey.gz on skylake-sp", "gups:");
        JsonNode runs = run("run", LACKEY, GUPS, "--limit", "5000", "--json", "-").json();
        assertThat(runs.get("runs").size()).isEqualTo(2);
        assertThat(runs.at("/runs/0"))
                .isEqualTo(run("run", LACKEY, "--limit", "5000", "--json", "-").onlyRun());
    }

    @Test
    void fileOfAMachineIsTakenLikeAPreset() throws IOException {
        Path preset =
                Nestwalk.ROOT.resolve(
                        "lab/src/main/resources/org/nestwalk/lab/machines/textbook.yaml");
        Path file = Files.copy(preset, folder.resolve("mine.yaml"));
        String[] line = {"run", GUPS, "--json", "-", "--machine", "textbook"};
        String expected = run(line).out();
        line[5] = file.toString();
        assertThat(run(line).out()).contains("\"machine\" : \"textbook\"").isEqualTo(expected);
    }
}
