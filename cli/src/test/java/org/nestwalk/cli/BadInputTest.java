package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.DRMEMTRACE;
import static org.nestwalk.cli.Nestwalk.LACKEY;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.cli.Nestwalk.Result;

/// Bad input ends with status 2 and one message that names what is wrong.
class BadInputTest {
    private static final String EXAMPLE = Nestwalk.ROOT.resolve("examples/sort.nwt").toString();

    @TempDir private Path folder = Path.of("");

    /// Checks the whole of standard error: one message, perhaps a hint, no trace.
    static void assertBad(Result result, String... named) {
        assertThat(result.status()).as(result.out() + result.err()).isEqualTo(2);
        // A trace may turn out to be damaged only while it runs.
        assertThat(result.out()).matches("(?s)(Running\\s.*)?");
        assertThat(result.err())
                .startsWith("nestwalk: ")
                .contains(named)
                .doesNotContain("\tat ", "Exception", "null");
        assertThat(result.err().lines()).hasSizeLessThanOrEqualTo(2);
        assertThat(result.err().lines().skip(1))
                .allSatisfy(line -> assertThat(line).matches("See nestwalk.* --help|Did you .*"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--setups nested:3K/4K | '3K'",
                "--setups foo:4K | unknown setup 'foo:4K'",
                "--setups nested:4K | nested:4K",
                "--setups native:4K,native:4K | --setups: names a setup twice",
                "--setups , | --setups: names no value",
                "--machine pentium | unknown machine 'pentium'",
                "--machine /tmp | /tmp is a directory, and no machine; use haswell-4850,",
                "--machine pom.xml | does not end in .yaml as a machine's does; use haswell-4850,",
                "--machine nowhere.yaml | no such file: nowhere.yaml",
                "--limit 0 | --limit: '0' is not 1 or more",
                "--limit abc | --limit: 'abc'",
                "--limit -1 | --limit: '-1'",
                "--limit 99999999999999999999 | --limit",
                "--limit | '--limit'",
                "--warmup 1G | --warmup: nothing left to count",
                "--warmup -5 | --warmup: '-5'",
                "--warmup 10 --limit 10 | --warmup 10 leaves nothing to count of --limit 10",
                "--interval 0 | --interval: '0' is not 1 or more",
                "--threads 0 | --threads: '0' is not 1 to 1024",
                "--threads x | --threads: 'x'",
                "--seed x | --seed: 'x'",
                "--guest-levels 3 | --guest-levels: '3' is not one of 4, 5",
                "--host-levels four | --host-levels: 'four'",
                "--guest-layout weird | 'weird'",
                "--host-layout fragmented:7 | 'fragmented:7'",
                "--format foo | --format: unknown trace format 'foo'",
                "--frobnicate | '--frobnicate'",
                "--json - --csv - | --json and --csv both name -",
                "gups:footprint | 'footprint' is not key=value"
            })
    void badOptionOfRunIsNamed(String options, String named) {
        assertBad(run(("run " + LACKEY + " " + options).split(" ")), named);
    }

    @ParameterizedTest
    @CsvSource({
        "nosuchprogram, is neither a file nor a program;",
        "gup:accesses=1k, is neither a file nor a program (did you mean gups?);",
        "mytrace.bin, no such file: mytrace.bin",
        "gups:colour=red, gups has no parameter 'colour'",
        "gups:footprint=64parsec, footprint: '64parsec' is not a size",
        "gups:accesses=x, accesses: 'x'",
        "nowhere.nwt, no such file: nowhere.nwt",
        "no/where, no such file: no/where",
    })
    void badWorkloadIsNamed(String workload, String named) {
        assertBad(run("run", workload), named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "run | TRACE",
                "walk | GVA",
                "walk zz | 'zz' is not a linear address",
                "walk 12345678901234567 | '12345678901234567' is not a linear address",
                "walk 1000 --mode foo | --mode: 'foo' is not one of nested, native",
                "walk 1000 --guest-levels x | --guest-levels: 'x' is not one of 4, 5",
                "walk 1000 --user --implicit | --user and --implicit exclude each other",
                "walk 1000 --machine foo | unknown machine 'foo'",
                "lab hint gups:footprint=32MiB,accesses=20k --memory 16MiB | failed after 1,634"
                        + " accesses",
                "lab hint arena:footprint=32MiB,accesses=20k --memory 64MiB | never has a 2M page",
                "lab encryption gups:footprint=4MiB,accesses=1k --adder , | --adder: names no"
                        + " value",
                "lab permissions --json same --csv ./same | --json and --csv both name",
                "conform | FILE",
                "conform --show x cases | --show: 'x' is not a whole number from 0",
                "machines foo | unknown machine 'foo'",
                "record | COMMAND",
                "record --tool pin -- true | --tool: 'pin' is not one of auto, qemu, lackey",
                "trace info nowhere | nowhere",
                "frobnicate | 'frobnicate'",
            })
    void badCommandLineIsNamed(String line, String named) {
        assertBad(run(line.split(" ")), named);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "trace info @",
                "trace head @",
                "trace convert @ out.nwt",
                "trace convert {lackey} @",
                "run {lackey} --json @",
                "run {lackey} --csv @",
                "run @",
                "vm run @",
                "conform @",
                "record -o @ -- true"
            })
    void anEmptyNameIsSaidToBeEmpty(String line) {
        String[] words = line.replace("{lackey}", LACKEY).split(" ");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].equals("@") ? "" : words[i];
        }
        assertBad(run(words), "name", "is empty");
    }

    @Test
    void snapshotIsNotWrittenOverByItsOwnJson(@TempDir Path directory) {
        String file = directory.resolve("s.nws").toString();
        Nestwalk.Result result =
                Nestwalk.run(
                        "vm",
                        "snapshot",
                        "gups:footprint=1MiB,accesses=2k",
                        "-o",
                        file,
                        "--json",
                        file);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).startsWith("nestwalk: --json and --output both name " + file);
        result = Nestwalk.run("vm", "snapshot", "gups:footprint=1MiB,accesses=2k", "-o", "-");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .startsWith("nestwalk: --output: a snapshot cannot go to standard output");
    }

    @Test
    void optionsThatExcludeEachOtherAreNamedOnce() {
        Nestwalk.Result result = Nestwalk.run("vm", "restore", "s.nws", "--lazy", "--eager");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).startsWith("nestwalk: --eager, --lazy are mutually exclusive");
    }

    @Test
    void noCommandAtAllIsBadInput() {
        assertBad(run(), "subcommand");
    }

    private Path cut(String file, double part) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of(file));
        Path cut = folder.resolve("cut-" + Path.of(file).getFileName());
        return Files.write(cut, Arrays.copyOf(bytes, (int) (bytes.length * part)));
    }

    @ParameterizedTest
    @CsvSource({"0.0001", "0.01", "0.5", "0.95"})
    void truncatedTraceIsNamed(double part) throws IOException {
        for (String file : new String[] {LACKEY, DRMEMTRACE, EXAMPLE}) {
            Path cut = cut(file, part);
            Result result = run("run", cut.toString(), "--setups", "native:2M");
            assertBad(result, cut.getFileName().toString());
        }
    }

    @Test
    void garbageIsOfNoKnownFormat() throws IOException {
        byte[] bytes = new byte[5000];
        new Random(3).nextBytes(bytes);
        Path file = Files.write(folder.resolve("garbage.nwt"), bytes);
        assertBad(run("run", file.toString()), "garbage.nwt", "no known trace format");
    }

    @Test
    void emptyFileIsNoTrace() throws IOException {
        Path file = Files.createFile(folder.resolve("empty.trace"));
        assertBad(run("run", file.toString()), "empty.trace: the file is empty");
    }

    @Test
    void directoryIsNoTrace() {
        assertBad(run("run", folder.toString()), folder + ": this directory holds no traces");
    }

    @Test
    void traceOfNonCanonicalAddressesHasNothingToRun() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("high.lackey"),
                        "I  8000000000000000,3\n L 9000000000000000,8\n");
        assertBad(
                run("run", file.toString()),
                "high.lackey",
                "it has non-canonical addresses only, 2");
    }

    private Path machine(String from, String to) throws IOException {
        Path preset =
                Nestwalk.ROOT.resolve(
                        "lab/src/main/resources/org/nestwalk/lab/machines/textbook.yaml");
        String text = Files.readString(preset);
        assertThat(text).contains(from);
        return Files.writeString(folder.resolve("my.yaml"), text.replace(from, to));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "memoryCycles: 100 | memoryCycles: 100ns | my.yaml:33: memoryCycles: '100ns'",
                "walkers: 1 | walkers: -1 | my.yaml:36: walkers: -1",
                "frequencyGHz: 1.0 | frequencyGHz: 1 GHz | my.yaml:5: frequencyGHz: '1 GHz'",
                "ways: 12 | ways: 7 | my.yaml:27: secondLevelTlbs[0].ways: 7",
                "name: textbook | name: [ | my.yaml:",
            })
    void badMachineIsNamedByLineAndField(String from, String to, String named) throws IOException {
        Path file = machine(from, to);
        assertBad(run("run", LACKEY, "--machine", file.toString()), named);
    }

    @Test
    void unknownFieldOfAMachineIsNamedByLine() throws IOException {
        Path file = machine("walkers: 1", "walkers: 1\ncolour: 1");
        assertBad(
                run("run", LACKEY, "--machine", file.toString()),
                "my.yaml:37: colour: unknown field; the fields here are name, ");
    }

    @ParameterizedTest
    @CsvSource({"--json", "--csv"})
    void outputThatCannotBeWrittenIsRefusedFirst(String option) throws IOException {
        String missing = folder.resolve("nowhere/out").toString();
        String input = Files.copy(Path.of(LACKEY), folder.resolve("trace.gz")).toString();
        assertBad(run("run", LACKEY, option, missing), option, missing, "there is no directory");
        assertBad(run("run", LACKEY, option, folder.toString()), option, "it is a directory");
        assertBad(run("run", input, option, input), option, input, "it is the trace to read");
    }

    @Test
    void machineThatIsNoYamlIsCalledThat() throws IOException {
        Path file = folder.resolve("machine.yaml");
        byte[][] noText = {{(byte) 0xff, (byte) 0xfe, 0, 1}, {'a', ':', (byte) 0xe9, 'b'}};
        for (byte[] contents : noText) {
            Files.write(file, contents);
            assertBad(
                    run("run", LACKEY, "--machine", file.toString()),
                    "machine.yaml: not text in UTF-8");
        }
        Files.writeString(file, "a: [");
        assertBad(run("run", LACKEY, "--machine", file.toString()), "machine.yaml:1: not YAML: ");
    }
}
