package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `vm snapshot`, `vm restore` and `vm inspect` say, of what went well and of what did not.
class VmSnapshotCommandTest {
    private static final String PROGRAM = "gups:footprint=1MiB,accesses=3k";

    @TempDir private Path folder = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void take() {
        file = folder.resolve("a.nws");
        assertThat(take(PROGRAM, "--after", "1").status()).isZero();
    }

    private Nestwalk.Result take(String program, String... more) {
        List<String> line = new ArrayList<>(List.of("snapshot", program, "-o", file.toString()));
        line.addAll(List.of("--memory", "16MiB"));
        line.addAll(List.of(more));
        return vm(line.toArray(String[]::new));
    }

    private static Nestwalk.Result vm(String... line) {
        List<String> all = new ArrayList<>(List.of(line));
        all.addFirst("vm");
        return run(all.toArray(String[]::new));
    }

    private static void assertRefused(Nestwalk.Result result, String... why) {
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(why).doesNotContain("\tat ");
    }

    @Test
    void countsAreInTheSingularAndNoLabelIsBroken() {
        Nestwalk.Result again = take(PROGRAM, "--after", "1");
        assertThat(again.out())
                .contains("taken after  1 access\n", "memory       16,777,216 bytes\n")
                .containsPattern("\npages        \\d+\n");
        assertThat(vm("restore", file.toString()).out())
                .contains("checksum          verified\n", "read ");
    }

    @Test
    void whatAnotherCommandCanBeAskedIsNotNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "no trace at all");
        assertThat(take(text.toString()).err())
                .doesNotContain("--format")
                .contains("nestwalk trace convert");
        assertThat(vm("fork", text.toString()).err())
                .doesNotContain("--format")
                .contains("nestwalk trace convert");
        assertThat(vm("run", text.toString()).err()).contains("--format: ");
        for (String command : new String[] {"fork", "run"}) {
            assertRefused(vm(command, file.toString()), "no trace; nestwalk vm restore goes on");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"16TiB", "17MiB", "2MiB"})
    void memoryOutOfBoundsIsRefusedWithTheBounds(String memory) {
        assertRefused(
                vm("snapshot", PROGRAM, "-o", file.toString(), "--memory", memory),
                "--memory: '" + memory + "' is not 16MiB to 4TiB, a multiple of 2MiB");
    }

    @Test
    void whatCannotBeABaseIsSaidBeforeAnythingRuns() {
        assertThat(vm("restore", "--lazy", file.toString()).status()).isZero();
        String other = folder.resolve("b.nws").toString();
        String[] line = {"snapshot", PROGRAM, "-o", other, "--memory", "16MiB", "--base", ""};
        line[7] = folder.resolve("nosuch.nws").toString();
        assertRefused(vm(line), "--base: ", "there is no such snapshot");
        line[7] = file + ".ws";
        assertRefused(vm(line), "--base: ", "is a working set", "name the snapshot that it is of");
        line[7] = file.toString();
        line[5] = "32MiB";
        assertRefused(vm(line), "--base: ", "16,777,216 bytes", "33,554,432");
        assertThat(Path.of(other)).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, its end is followed by 1 more byte",
        "0, 3, its end is followed by 3 more bytes",
        "-5, 0, cut short after",
        "-1, 1, 'its last 60 bytes, the trailer, are not as they were written'",
        "-20, 20, 'the trailer, are not as they were written'",
    })
    void damageAtTheEndIsCalledWhatItIs(int cut, int added, String what) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        byte[] damaged =
                Arrays.copyOf(Arrays.copyOf(whole, whole.length + cut), whole.length + cut + added);
        // What took the place of the last bytes, but the mark at the very end, are zeroes.
        if (cut == -20) {
            System.arraycopy(whole, whole.length - 8, damaged, whole.length - 8, 8);
        }
        Files.write(file, damaged);
        assertRefused(vm("restore", file.toString()), what);
    }

    @Test
    void targetThatCannotBeWrittenIsNamedWithoutItsTemporaryName() {
        for (String target : new String[] {"/proc/a.nws", folder.toString(), folder + "/no/a"}) {
            Nestwalk.Result result = vm("snapshot", PROGRAM, "-o", target, "--after", "1k");
            assertRefused(result, target);
            assertThat(result.err()).doesNotContain(".part", "make room");
        }
    }

    @Test
    void workingSetThatCannotBeKeptLosesNoResult() throws IOException {
        Files.createDirectory(Path.of(file + ".ws"));
        Path json = folder.resolve("out.json");
        Nestwalk.Result result =
                vm("restore", "--lazy", file.toString(), "--json", json.toString());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).contains("loaded by faults", "verified", "yes");
        assertThat(result.err()).contains(file + ".ws");
        assertThat(json).content().contains("\"notKept\"");
    }

    @Test
    void workingSetOfAnotherSnapshotIsShownWithWhatIsWrong() throws IOException {
        assertThat(vm("restore", "--lazy", file.toString()).status()).isZero();
        assertThat(take(PROGRAM, "--after", "2k").status()).isZero();
        Nestwalk.Result stale = vm("inspect", file + ".ws");
        assertThat(stale.status()).isEqualTo(1);
        assertThat(stale.out().replaceAll("\\s+", " "))
                .contains("kind working set", "its base is another snapshot");
        Files.delete(file);
        assertThat(vm("inspect", file + ".ws").out().replaceAll("\\s+", " "))
                .contains("its base is missing");
    }

    @Test
    void tracesGoOnFromSnapshots() throws IOException {
        Path trace = folder.resolve("t.lackey.gz");
        Files.copy(Path.of(Nestwalk.LACKEY), trace);
        Nestwalk.Result taken = take(trace.toString(), "--after", "1k", "--json", "-");
        assertThat(taken.status()).as(taken.err()).isZero();
        for (String method : new String[] {"--eager", "--lazy", "--working-set"}) {
            assertThat(vm("restore", method, file.toString()).status()).isZero();
        }
        // One access more, long after those that the guest goes on with.
        ByteArrayOutputStream more = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(more)) {
            gzip.write(" L 1ffefff000,8\n".getBytes(StandardCharsets.US_ASCII));
        }
        Files.write(trace, more.toByteArray(), StandardOpenOption.APPEND);
        for (String method : new String[] {"--eager", "--lazy", "--working-set"}) {
            assertRefused(
                    vm("restore", method, file.toString()),
                    trace.toString(),
                    "the trace is another one than when the snapshot was taken");
        }
        Files.delete(trace);
        assertRefused(vm("restore", file.toString()), trace.toString(), "not there any more");
    }
}
