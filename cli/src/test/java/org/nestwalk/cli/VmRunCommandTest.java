package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.cli.Nestwalk.Result;
import tools.jackson.databind.JsonNode;

/// `vm run` runs programs in a virtual machine, verifies them and says what happened.
class VmRunCommandTest {
    private static final String GUPS = "gups:footprint=8MiB,accesses=200k";
    private static final long SIZE = 8L << 20;
    private static final String TAGGED = Nestwalk.SAMPLES.resolve("tagged.drmemtrace").toString();

    @TempDir private Path folder = Path.of("");

    private static Result vm(String... options) {
        List<String> line = new ArrayList<>(List.of("vm", "run"));
        line.addAll(List.of(options));
        if (!line.contains("--memory")) {
            line.addAll(List.of("--memory", "64MiB"));
        }
        return run(line.toArray(String[]::new));
    }

    private static JsonNode json(String... options) {
        List<String> line = new ArrayList<>(List.of(options));
        line.addAll(List.of("--json", "-"));
        return vm(line.toArray(String[]::new)).json();
    }

    @ParameterizedTest
    @CsvSource({
        "nested, first-touch, 4K",
        "nested, 2M, thp",
        "nested, eager, 4K",
        "nested, eager-2M, thp",
        "nested, khugepaged, 4K",
        "shadow, first-touch, 4K",
        "shadow, 2M, thp",
        "native, , 4K",
        "native, , THP"
    })
    void everyModeAndBackingIsVerified(String mode, @Nullable String backing, String pages) {
        List<String> line = new ArrayList<>(List.of(GUPS, "--mode", mode, "--guest-pages", pages));
        if (backing != null) {
            line.addAll(List.of("--backing", backing));
        }
        JsonNode json = json(line.toArray(String[]::new));
        assertThat(json.get("verified").asBoolean()).isTrue();
        assertThat(json.get("complete").asBoolean()).isTrue();
        assertThat(json.at("/tasks/0/outcome").asString()).isEqualTo("verified");
        assertThat(json.at("/tasks/0/checksum")).isEqualTo(json.at("/tasks/0/expected"));
        assertThat(json.at("/pages/guestSmall").asLong() + json.at("/pages/guestLarge").asLong())
                .isGreaterThanOrEqualTo(SIZE);
    }

    @Test
    void eachFirstTouchIsOneViolation() {
        JsonNode json = json(GUPS);
        JsonNode violations = json.at("/exits/0");
        assertThat(violations.get("reason").asString()).isEqualTo("second-level violation");
        assertThat(violations.get("count").asLong())
                .isEqualTo(json.at("/host/smallBytes").asLong() / 4096);
        assertThat(json.at("/guest/smallTouches").asLong()).isEqualTo(SIZE / 4096);
        assertThat(
                        violations.at("/latencyCycles/median").asLong()
                                * violations.get("count").asLong())
                .isEqualTo(violations.get("cycles").asLong());
    }

    @Test
    void nativeModeHasNoHost() {
        JsonNode json = json(GUPS, "--mode", "native");
        assertThat(json.has("host")).isFalse();
        assertThat(json.get("exits")).isEmpty();
        assertThat(json.at("/pages").has("hostSmall")).isFalse();
        assertThat(json.at("/manifest/options").has("backing")).isFalse();
        assertThat(vm(GUPS, "--mode", "native").out()).doesNotContain("\nhost", "  exits");
    }

    @Test
    void largePagesOnBothSidesMeet() {
        JsonNode pages = json(GUPS, "--guest-pages", "thp", "--backing", "2M").get("pages");
        assertThat(pages.get("guestLarge").asLong()).isEqualTo(SIZE);
        assertThat(pages.get("guestLargeOnLarge").asLong()).isEqualTo(SIZE);
    }

    @Test
    void fragmentationHoldsUpTheHostAndTheHintHelps() {
        String[] options = {
            GUPS, "--guest-pages", "thp", "--backing", "2M", "--fragmentation", "0.95:random"
        };
        List<String> hinted = new ArrayList<>(List.of(options));
        hinted.add("--hint");
        JsonNode without = json(options);
        JsonNode with = json(hinted.toArray(String[]::new));
        assertThat(without.at("/host/unusableBefore").asDouble()).isGreaterThanOrEqualTo(0.95);
        assertThat(with.at("/pages/guestLargeOnLarge").asLong())
                .isGreaterThan(without.at("/pages/guestLargeOnLarge").asLong());
        assertThat(with.at("/host/hintsKept").asLong() + with.at("/host/hintsAtOnce").asLong())
                .isPositive();
        assertThat(with.at("/manifest/options").has("hint")).isTrue();
    }

    @Test
    void theSameRunGivesTheSameBytes() {
        String[] options = {GUPS, "--vcpus", "2", "--backing", "khugepaged", "--json", "-"};
        assertThat(vm(options).out()).isEqualTo(vm(options).out());
        assertThat(vm(GUPS, "--vcpus", "2").out()).isEqualTo(vm(GUPS, "--vcpus", "2").out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nested", "shadow", "native"})
    void parallelCpusAreVerifiedToo(String mode) {
        JsonNode json = json(GUPS, "--vcpus", "3", "--parallel", "--mode", mode);
        assertThat(json.get("verified").asBoolean()).isTrue();
        assertThat(json.get("tasks")).hasSize(3);
    }

    @Test
    void severalProgramsTakeTurns() {
        JsonNode json =
                json(
                        GUPS,
                        "stream:footprint=2MiB",
                        "--limit",
                        "50k",
                        "--no-pcid",
                        "--quantum",
                        "1k");
        assertThat(json.get("verified").asBoolean()).isTrue();
        assertThat(json.get("tasks")).hasSize(2);
        assertThat(json.at("/cycles/software").get("context switches").asLong()).isPositive();
        assertThat(json.at("/manifest/workloads")).hasSize(2);
    }

    static List<Path> examples() {
        return ExamplesTest.examples();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void examplesAreVerified(Path example) {
        JsonNode json =
                json(example.toString(), "--memory", "256MiB", "--limit", "100k", "--vcpus", "2");
        assertThat(json.get("verified").asBoolean()).isTrue();
        assertThat(json.at("/tasks/1/accesses").asLong()).isEqualTo(100_000);
    }

    @Test
    void withoutContentsNothingIsVerifiedAndNothingIsWrong() {
        Result result = vm(GUPS, "--no-contents");
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("not checked").doesNotContain("verified\n", "0x0000");
    }

    @Test
    void programWithoutMemoryFailsAndOthersGoOn() {
        Result result =
                vm("gups:footprint=64MiB,accesses=200k", "gups:footprint=1MiB,accesses=100k");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().filter(line -> line.contains("FAILED:"))).hasSize(1);
        assertThat(result.out().lines().filter(line -> line.endsWith("  verified"))).hasSize(1);
    }

    @Test
    void manyTasksAreTallied() {
        Result result = vm("gups:footprint=2MiB,accesses=1k", "--vcpus", "13");
        assertThat(result.out()).contains("\n13 tasks: 13 verified\n");
    }

    @Test
    void textSaysWhatRanAndWhatItCost() {
        Result result = vm(GUPS, "--host-memory", "32MiB", "--vcpus", "2");
        assertThat(result.status()).isZero();
        assertThat(result.out().replaceAll("\\s+", " "))
                .contains(
                        "nested paging on skylake-sp: 400,000 accesses on 2 virtual CPUs",
                        "guest: 64MiB, 4k pages",
                        "host: 32MiB, backing first-touch",
                        "memory is overcommitted",
                        "verified",
                        "second-level violation",
                        "host zeroing",
                        "splintered fills",
                        "over time",
                        "direct map");
        assertThat(result.out().lines()).hasSizeLessThan(80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--parallel"})
    void warmupIsMadeButNotCounted(String how) {
        String[] all = {GUPS, "--vcpus", "2"};
        List<String> warm = new ArrayList<>(List.of(all));
        warm.addAll(List.of("--warmup", "50k"));
        if (!how.isEmpty()) {
            warm.add(how);
        }
        JsonNode whole = json(all);
        JsonNode json = json(warm.toArray(String[]::new));
        assertThat(json.at("/translation/accesses").asLong()).isEqualTo(300_000);
        assertThat(json.at("/tasks/0/accesses").asLong()).isEqualTo(200_000);
        assertThat(json.get("verified").asBoolean()).isTrue();
        assertThat(json.at("/guest/pageFaults").asLong())
                .isLessThan(whole.at("/guest/pageFaults").asLong() / 10);
        assertThat(json.at("/cycles/total").asLong())
                .isLessThan(whole.at("/cycles/total").asLong() / 2);
        assertThat(json.get("warmupNanoseconds").asLong())
                .isBetween(1L, json.get("nanoseconds").asLong());
        assertThat(json.at("/manifest/options/warmup").asLong()).isEqualTo(50_000);
    }

    @Test
    void warmupAndTheRestAreTheWholeRun() {
        JsonNode whole = json(GUPS);
        JsonNode first = json(GUPS, "--limit", "70k");
        JsonNode rest = json(GUPS, "--warmup", "70k");
        for (String field :
                List.of("l1Misses", "walks", "guestReferences", "cycles", "coldCycles")) {
            String at = "/translation/" + field;
            assertThat(rest.at(at).asLong())
                    .as(field)
                    .isEqualTo(whole.at(at).asLong() - first.at(at).asLong());
        }
        assertThat(rest.at("/guest/smallTouches").asLong())
                .isEqualTo(
                        whole.at("/guest/smallTouches").asLong()
                                - first.at("/guest/smallTouches").asLong());
    }

    @Test
    void warmupBeyondTheEndIsAnError() {
        Result result = vm(GUPS, "--warmup", "200k");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .contains("--warmup: nothing left to count", "its first 200000 accesses");
    }

    @Test
    void accessesThatCrossPagesAreLimitedAndCountedOnceAsByRun() throws IOException {
        Path trace = folder.resolve("crossing.lackey");
        String line = " L 1fff000ffc,8\n S 1fff003000,8\n L 1fff004ff0,8192\n";
        Files.writeString(trace, "==1== Lackey\n" + line.repeat(10));
        for (String limit : List.of("1", "2", "3", "4", "17", "1000")) {
            JsonNode json = json(trace.toString(), "--limit", limit);
            JsonNode run = run("run", trace.toString(), "--limit", limit, "--json", "-").onlyRun();
            assertThat(json.at("/tasks/0/accesses")).isEqualTo(run.get("accesses"));
            assertThat(json.at("/translation/accesses")).isEqualTo(run.get("accesses"));
            assertThat(json.at("/pages/guestSmall").asLong() >> 12)
                    .isEqualTo(run.at("/setups/0/l1DataMisses").asLong());
        }
    }

    @Test
    void nonCanonicalAccessesAreLeftOutAndCounted() {
        Result result = vm(TAGGED, "--vcpus", "2");
        assertThat(result.out())
                .contains(": 2 accesses to non-canonical addresses were left out\n");
        assertThat(json(TAGGED).get("nonCanonical").asLong()).isEqualTo(2);
        assertThat(json(GUPS).get("nonCanonical").asLong()).isZero();
    }

    @Test
    void traceOfNonCanonicalAddressesOnlyIsAnError() throws IOException {
        Path trace = folder.resolve("tagged.lackey");
        Files.writeString(trace, "==1== Lackey\n L b400001fff000ffc,8\n S b400001fff003000,8\n");
        Result result = vm(trace.toString());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("all its 2 addresses are non-canonical");
    }

    @Test
    void figuresAreWrittenAsCsvToo() throws IOException {
        Result result = vm(GUPS, "--csv", "-");
        assertThat(result.out())
                .startsWith("task,CPU,accesses,checksum,outcome\r\n")
                .contains("\r\nsecond-level violation,2")
                .contains("\r\nspent on,cycles,share\r\n")
                .doesNotContain("Running", "What to conclude");
        Path file = folder.resolve("vm.csv");
        assertThat(vm(GUPS, "--csv", file.toString()).out()).contains("What to conclude: ");
        assertThat(file).hasContent(result.out());
    }

    @Test
    void conclusionIsClaimedByItsFigures() {
        JsonNode small = claim(json(GUPS), "translation-costs-more-than-software");
        assertThat(small.get("held").asBoolean()).isFalse();
        assertThat(small.at("/conditions/0/left/value").asDouble()).isPositive();
        JsonNode warm =
                claim(
                        json("gups:footprint=8MiB,accesses=2M", "--warmup", "1M"),
                        "translation-costs-more-than-software");
        assertThat(warm.get("held").asBoolean()).isTrue();
    }

    private static JsonNode claim(JsonNode json, String effect) {
        return json.get("claims")
                .valueStream()
                .filter(claim -> claim.path("effect").asString("").equals(effect))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void formatAndProcessOfATraceCanBeSaid() {
        assertThat(vm(Nestwalk.LACKEY, "--format", "lackey", "--limit", "100").status()).isZero();
        BadInputTest.assertBad(
                vm(Nestwalk.LACKEY, "--format", "champsim", "--limit", "100"), Nestwalk.LACKEY);
        BadInputTest.assertBad(
                vm(GUPS, "--format", "raw"), "--format: is for traces, and no trace is given");
        BadInputTest.assertBad(
                vm(GUPS, "--process", "7"), "--process: is for traces, and no trace is given");
    }

    @Test
    void vmAloneNeedsACommand() {
        assertThat(run("vm").status()).isEqualTo(2);
        assertThat(run("vm").err()).contains("vm needs a command: run");
    }
}
