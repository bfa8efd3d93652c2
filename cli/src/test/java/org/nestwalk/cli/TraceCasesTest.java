package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What commands say of traces that are cut, foreign, filtered, or of several processes.
class TraceCasesTest {
    private static final String CASES =
            System.getProperty("nestwalk.root", "..") + "/traces/src/test/resources/cases/";

    @TempDir private Path folder = Path.of("");

    private static Nestwalk.Result runTrace(String file, String... options) {
        List<String> line = new ArrayList<>(List.of("run", CASES + file));
        line.addAll(List.of("--machine", "yardstick", "--setups", "native:4K"));
        line.addAll(List.of(options));
        return run(line.toArray(String[]::new));
    }

    private static JsonNode report(String file, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--json", "-"));
        Nestwalk.Result result = runTrace(file, all.toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isZero();
        return result.onlyRun();
    }

    @Test
    void instructionsOfSizeZeroAreNoFetches() {
        JsonNode setup = report("drmemtrace-l0filter.trace").at("/setups/0");

        assertThat(setup.at("/fetches").asInt()).isEqualTo(100);
        assertThat(setup.at("/l1InstructionMisses").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drmemtrace-l0filter.trace | it was filtered while it was recorded",
                "drmemtrace-aarch64-64k.trace | it was recorded on aarch64",
                "drmemtrace-aarch64-64k.trace | it was recorded with base pages of 64KiB",
                "drmemtrace-tagged.trace | 2 accesses to non-canonical addresses were left out",
                "gem5.ptrc.gz | packets hold the addresses of gem5's memory system"
            })
    void runAndVmRunSayWhatToKnow(String file, String warning) {
        Nestwalk.Result table = runTrace(file);
        assertThat(table.status()).as(table.err()).isZero();
        assertThat(table.out().replaceAll("\\s+", " ")).contains(warning);
        assertThat(report(file).at("/warnings").toString()).contains(warning);

        Nestwalk.Result vm = run("vm", "run", CASES + file, "--memory", "64MiB");
        assertThat(vm.status()).as(vm.err()).isZero();
        assertThat((vm.out() + vm.err()).replaceAll("\\s+", " ")).contains(warning);
    }

    @Test
    void aTraceOfTwoProcessesIsRunOneByOne() {
        String file = "drmemtrace-two-processes.trace";
        BadInputTest.assertBad(runTrace(file), "several processes (1, 2, ...)");
        BadInputTest.assertBad(
                run("vm", "run", CASES + file, "--memory", "64MiB"),
                "several processes (1, 2, ...)");
        BadInputTest.assertBad(
                runTrace(file, "--process", "3"), "process 3 is not in the trace; it holds 1, 2");

        int walks = 0;
        for (String process : List.of("1", "2")) {
            JsonNode setup = report(file, "--process", process).at("/setups/0");
            assertThat(setup.at("/accesses").asInt()).isEqualTo(200);
            walks += setup.at("/walks").asInt();
        }
        assertThat(walks).isEqualTo(202);

        Nestwalk.Result info = run("trace", "info", CASES + file);
        assertThat(info.out()).containsPattern("processes +2: 1, 2").contains("--process");
    }

    @Test
    void aCutTraceIsRefusedByRunAndSavedByConvert() {
        String file = "drmemtrace-nofooter.trace";
        BadInputTest.assertBad(runTrace(file), "the footer is missing: the recording was cut off");
        assertThat(run("trace", "info", CASES + file).out()).contains("the footer is missing");
        Path saved = folder.resolve("saved.nwt");
        Nestwalk.Result result = run("trace", "convert", CASES + file, saved.toString());
        assertThat(result.status()).isZero();
        assertThat(result.err()).contains("the footer is missing");

        Nestwalk.Result again = run("run", saved.toString(), "--setups", "native:4K");
        assertThat(again.status()).isZero();
        assertThat(again.out()).contains("it is a copy of a recording that was cut off");
    }

    @Test
    void convertSaysWhatRawCannotHold() {
        Path raw = folder.resolve("trace.raw");
        Nestwalk.Result result =
                run(
                        "trace",
                        "convert",
                        "--to",
                        "raw",
                        CASES + "drmemtrace-tagged.trace",
                        raw.toString());

        assertThat(result.status()).isZero();
        assertThat(result.err())
                .contains("read 3 accesses, wrote 0 to")
                .contains("2 accesses were left out: raw holds 63 bits of an address")
                .contains("1 fetch was left out");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dict256MiB.lackey.xz | NESTWALK_DECODER_MEMORY=257MiB",
                "long31.lackey.zst | NESTWALK_DECODER_MEMORY=2GiB",
                "zip-missingmid.zip | chunk 1 is missing",
                "zip-cut_after1.zip | damaged or cut short",
                "gzip-trunchdr2.lackey.gz | damaged or cut short",
                "champsim-ip0.champsim | --format"
            })
    void whatCannotBeReadIsOneMessage(String file, String message) {
        BadInputTest.assertBad(run("trace", "info", CASES + file), message);
        BadInputTest.assertBad(runTrace(file), message);
        BadInputTest.assertBad(run("vm", "run", CASES + file, "--memory", "64MiB"), message);
    }

    @Test
    void aDirectoryIsRunAsOneTrace() throws IOException {
        Path sysenter = Path.of(CASES + "drmemtrace-sysenter.trace");
        Files.copy(sysenter, folder.resolve("a.trace"));
        Files.copy(sysenter, folder.resolve("b.trace"));

        assertThat(run("trace", "info", folder.toString()).out()).contains("6 fetches");
        assertThat(run("run", folder.toString(), "--setups", "native:4K").out())
                .contains("6 accesses");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nowhere.sz", "nowhere.lz4", "nowhere.raw", "no/where", "nowhere.x:y=1"})
    void aMissingFileIsNoUnknownProgram(String name) {
        BadInputTest.assertBad(run("run", name), "no such file: " + name);
        BadInputTest.assertBad(run("vm", "run", name), "no such file: " + name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "head -n x | -n: 'x' is not a whole number such as 1000, 500k",
                "head -n -1 | -n must not be negative, but is -1",
                "convert --limit x | --limit: 'x' is not a count",
                "convert --limit -5 | --limit: '-5' is not a count",
                "convert --to drmemtrace | nwt, lackey, raw, not to 'drmemtrace'",
                "info --process 1 | does not tell processes apart"
            })
    void badOptionsOfTraceCommandsAreNamed(String options, String message) {
        List<String> line = new ArrayList<>(List.of("trace"));
        line.addAll(List.of(options.split(" ")));
        line.add(CASES + "superblocks.lackey");
        if (options.startsWith("convert")) {
            line.add(folder.resolve("out").toString());
        }
        BadInputTest.assertBad(run(line.toArray(String[]::new)), message);
    }

    @Test
    void headTakesCountsWithSuffixes() {
        Nestwalk.Result result = run("trace", "head", "-n", "1k", CASES + "pzstd.lackey.zst");

        assertThat(result.out().lines()).hasSize(1000);
    }
}
