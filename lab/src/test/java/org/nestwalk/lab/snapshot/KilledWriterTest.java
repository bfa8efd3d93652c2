package org.nestwalk.lab.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.github.luben.zstd.Zstd;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.traces.TraceDigest;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/// A process that is killed (SIGKILL) while it writes a snapshot over another leaves a whole one.
class KilledWriterTest {
    private static final int KILLS = Boolean.getBoolean("nestwalk.long") ? 40 : 4;

    @TempDir Path folder;

    /// Writes the same file again and again, until it is killed.
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) {
            Path file = Path.of(args[0]);
            SnapshotHead head =
                    new SnapshotHead(
                            SnapshotHead.Kind.WORKING_SET,
                            64L << 20,
                            1,
                            "simulated",
                            null,
                            List.of());
            byte[] pages = new byte[(int) SnapshotFormat.BLOCK_SPAN];
            for (int round = 0; ; round++) {
                new Random(round).nextBytes(pages);
                String _ =
                        SnapshotWriter.write(
                                file,
                                head,
                                writer -> {
                                    for (long gpa = 0; gpa < 4L << 20; gpa += pages.length) {
                                        writer.block(gpa, -1, 0, pages, pages.length);
                                    }
                                    return new byte[0];
                                });
                System.out.println(round);
            }
        }
    }

    /// Where the classes are that the writer needs, however this test was started.
    private static String classPath() {
        return Stream.of(
                        Writer.class,
                        SnapshotWriter.class,
                        InputException.class,
                        TraceDigest.class,
                        Zstd.class,
                        JsonMapper.class,
                        JsonParser.class,
                        JsonAutoDetect.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void fileIsWholeWheneverItsWriterIsKilled() throws IOException, InterruptedException {
        Path file = folder.resolve("a.nws");
        Random random = new Random(11);
        for (int kill = 0; kill < KILLS; kill++) {
            Process process =
                    new ProcessBuilder(
                                    List.of(
                                            ProcessHandle.current().info().command().orElseThrow(),
                                            "--enable-native-access=ALL-UNNAMED",
                                            "-cp",
                                            classPath(),
                                            Writer.class.getName(),
                                            file.toString()))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try {
                assertThat(process.inputReader().readLine()).isEqualTo("0");
                Thread.sleep(random.nextInt(60));
            } finally {
                process.destroyForcibly();
            }
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.exists(file)).isTrue();
            try (SnapshotFile snapshot = SnapshotFile.open(file)) {
                snapshot.verify();
                assertThat(snapshot.ownPages()).isEqualTo(1024);
            }
        }
    }
}
