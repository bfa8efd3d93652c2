package org.nestwalk.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The image runs where there is no Java: not on the path, not in `JAVA_HOME`, and from a folder
/// that nothing can be written to.
class ImageTest {
    private static final Path ROOT =
            Path.of(System.getProperty("nestwalk.root", "..")).toAbsolutePath().normalize();
    private static final List<String> TOOLS =
            List.of("sh", "dirname", "readlink", "locale", "grep", "stty");
    private static final long MIB = 1L << 20;

    @TempDir private static Path folder;
    private static Path unpacked = Path.of("");
    private static long packedBytes;

    private record Ended(int status, String out) {}

    private static Ended run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out);
    }

    @BeforeAll
    static void makeAndUnpack() throws IOException, InterruptedException {
        Path made = folder.resolve("made");
        ProcessBuilder making = new ProcessBuilder(ROOT + "/dist/image", made.toString());
        making.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Ended end = run(making);
        assertThat(end.status()).as(end.out()).isZero();
        Path packed = Path.of(end.out().strip().lines().toList().getLast());
        packedBytes = Files.size(packed);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        end = run(new ProcessBuilder("tar", "-C", elsewhere.toString(), "-xzf", packed.toString()));
        assertThat(end.status()).as(end.out()).isZero();
        try (Stream<Path> files = Files.list(elsewhere)) {
            unpacked = files.findFirst().orElseThrow();
        }
        Path tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : TOOLS) {
            for (String place : List.of("/bin/", "/usr/bin/")) {
                if (Files.isExecutable(Path.of(place + tool))
                        && Files.notExists(tools.resolve(tool))) {
                    Files.createSymbolicLink(tools.resolve(tool), Path.of(place + tool));
                }
            }
        }
    }

    private static Ended nestwalk(String... line) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(unpacked.resolve("nestwalk").toString()));
        words.addAll(List.of(line));
        ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", folder.resolve("tools").toString());
        return run(builder);
    }

    @Test
    void optionsAndSecondFoldersAreNotTakenForFolders() throws IOException, InterruptedException {
        String image = ROOT + "/dist/image";
        Ended help = run(new ProcessBuilder(image, "--help").directory(folder.toFile()));
        assertThat(help.status()).isZero();
        assertThat(help.out()).contains("dist/image [FOLDER]");
        for (List<String> line : List.of(List.of(image, "--no"), List.of(image, "a", "b"))) {
            Ended end = run(new ProcessBuilder(line).directory(folder.toFile()));
            assertThat(end.status()).isEqualTo(2);
            assertThat(end.out()).startsWith("image: ");
        }
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void walksAreMadeWithoutJava() throws IOException, InterruptedException {
        Ended end = nestwalk("walk", "0x7f1234567123");

        assertThat(end.status()).as(end.out()).isZero();
        assertThat(end.out()).containsPattern("references +24:");
    }

    @Test
    void manualPagesAndCompletionAreThere() {
        assertThat(unpacked.resolve("share/man/man1/nestwalk-vm-run.1")).isNotEmptyFile();
        assertThat(unpacked.resolve("share/bash-completion/completions/nestwalk")).isNotEmptyFile();
    }

    @Test
    void programsTracesAndTheirCompressionWork() throws IOException, InterruptedException {
        Ended end = nestwalk("run", "gups:footprint=16MiB,accesses=20k", "--json", "-");
        assertThat(end.status()).as(end.out()).isZero();
        assertThat(end.out()).contains("\"nested:4K/4K\"");

        String trace = ROOT + "/traces/src/test/resources/samples/true.drmemtrace.zip";
        end = nestwalk("trace", "info", trace);
        assertThat(end.status()).as(end.out()).isZero();
        assertThat(end.out()).contains("drmemtrace");
    }

    /// As from a JDK that cannot be linked from; a linked one is half as large.
    @Test
    void itIsSmallEnoughToBeSent() {
        assertThat(packedBytes).isLessThan(110 * MIB);
    }
}
