package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import picocli.CommandLine;

class ConformCommandTest {
    private static final String GOOD =
            """
            {"id":"one","mode":"none","cr0":"80010001","cr4":"20","efer":"d00","cr3":"1000",\
            "mem":[["17f0","2027"],["2240","3027"],["3d10","4027"],["4b38","5000007"]],\
            "acc":[{"gva":"7f1234567123","op":"r","pl":"u","ac":0}],\
            "exp":[{"r":"ok","hpa":"5000123","gps":12,"mt":6,"ad":[["4b38","5000027"]]}]}
            """;
    private static final String WRONG = GOOD.replace("5000123", "6000123");

    @TempDir private Path folder = Path.of("");

    private Path good = Path.of("");

    private record Result(int status, String out, String err) {}

    private static Result run(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] line = new String[args.length + 1];
        line[0] = "conform";
        for (int i = 0; i < args.length; i++) {
            line[i + 1] = args[i].toString();
        }
        return new Result(commandLine.execute(line), out.toString(), err.toString());
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @BeforeEach
    void writeGood() throws IOException {
        good = file("good.jsonl", GOOD + "\n" + GOOD);
    }

    @Test
    void agreementEndsWithStatusZero() {
        Result result = run(good);
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .containsPattern("2 cases, 2 accesses, 0 mismatches, [0-9,]+ accesses/s");
    }

    @Test
    void mismatchIsShownSideBySideWithStatusOne() throws IOException {
        Result result = run(file("wrong.jsonl", GOOD + WRONG));
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out())
                .contains("case one, access 0: {\"gva\":\"7f1234567123\",\"op\":\"r\"")
                .containsPattern("\\* +hpa +6000123 +5000123")
                .contains("2 cases, 2 accesses, 1 mismatch,");
    }

    @Test
    void differentMemoryIsAMismatch() throws IOException {
        Result result = run(file("wrong.jsonl", GOOD.replace("5000027", "5000067")));
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).contains("* memory at 4b38: 5000027, expected 5000067");
    }

    @Test
    void showLimitsExplanationsNotTheCount() throws IOException {
        Result result = run("--show", 1, file("wrong.jsonl", WRONG.repeat(3)), good);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).containsOnlyOnce("case one").contains("3 mismatches");
    }

    @Test
    void severalFilesHaveALineEachAndATotal() {
        Result result = run(good, good);
        assertThat(result.out().lines()).hasSize(3);
        assertThat(result.out()).contains("total: 4 cases, 4 accesses, 0 mismatches");
    }

    @Test
    void compressedFilesAreRead() throws IOException {
        Path gz = folder.resolve("a.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
            out.write(GOOD.getBytes(StandardCharsets.UTF_8));
        }
        Path xz = folder.resolve("a.jsonl.xz");
        try (OutputStream out = new XZOutputStream(Files.newOutputStream(xz), new LZMA2Options())) {
            out.write(GOOD.getBytes(StandardCharsets.UTF_8));
        }
        Path zst = folder.resolve("a.jsonl.zst");
        try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(zst))) {
            out.write(GOOD.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(run(gz, xz, zst).out()).contains("total: 3 cases");
    }

    @Test
    void truncatedCompressedFileIsBadInput() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(GOOD.repeat(5).getBytes(StandardCharsets.UTF_8));
        }
        Path cut = folder.resolve("cut.jsonl.gz");
        Files.write(cut, Arrays.copyOf(bytes.toByteArray(), bytes.size() - 12));
        Result result = run(cut);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).containsPattern("cut\\.jsonl\\.gz:\\d+: ").contains("ends early");
    }

    @Test
    void missingFileIsBadInput() {
        Result result = run(folder.resolve("nowhere"));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).startsWith("nestwalk: no such file: ");
    }

    @Test
    void directoryIsBadInput() {
        assertThat(run(folder).status()).isEqualTo(2);
    }

    @Test
    void fileWithoutCasesIsBadInput() throws IOException {
        Result result = run(file("empty.jsonl", "\n\n"));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("empty.jsonl: no cases");
    }

    @Test
    void badLineIsNamedByFileAndNumber() throws IOException {
        assertBad("not json", "bad.jsonl:3: not JSON");
        assertBad(GOOD.replace("\"mode\":\"none\",", ""), "bad.jsonl:3: 'mode' is missing");
        assertBad(GOOD.replace("\"gva\":\"7f1234567123\",", ""), "bad.jsonl:3: 'gva' is missing");
        assertBad(GOOD.replace("\"r\":\"ok\",", ""), "bad.jsonl:3: 'r' is missing");
        assertBad(GOOD.replace("17f0", "17f1"), "bad.jsonl:3: 'mem' holds address 17f1");
        assertBad(GOOD.replace("17f0", "xyz"), "bad.jsonl:3: 'mem' holds 'xyz'");
    }

    private void assertBad(String line, String message) throws IOException {
        Result result = run(file("bad.jsonl", GOOD + "\n" + line.strip() + "\n" + GOOD));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains(message).doesNotContain("\tat ");
    }
}
