package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// A study of 12 machines, 7 setups, 6 traces and 3 seeds in processes that are killed.
@Timeout(2400)
@EnabledIfSystemProperty(named = "nestwalk.long", matches = "true")
class SweepKilledTest {
    private static final int CELLS = 12 * 7 * 6 * 3;

    @TempDir private Path folder = Path.of("");

    private Process start(String into, String... options) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:+UseSerialGC",
                                "-Xmx1g",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                "org.nestwalk.cli.Main",
                                "sweep",
                                "examples/studies/machines.yaml",
                                "--into",
                                folder.resolve(into).toString()));
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .directory(Nestwalk.ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log()))
                .start();
    }

    private File log() {
        return folder.resolve("log").toFile();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private void runToTheEnd(String into, String... options)
            throws IOException, InterruptedException {
        assertThat(start(into, options).waitFor()).as(said()).isZero();
    }

    @Test
    void whatIsKilledThreeTimesAndWhatIsMadeInShardsAreTheBytesOfOneProcess() throws Exception {
        runToTheEnd("whole");
        assertThat(StudyFolders.cells(folder.resolve("whole"))).isEqualTo(CELLS);

        for (int cells = CELLS / 4; cells < CELLS; cells += CELLS / 4) {
            Process process = start("killed");
            while (process.isAlive() && StudyFolders.cells(folder.resolve("killed")) < cells) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            assertThat(process.isAlive()).as(said()).isTrue();
            process.destroyForcibly().waitFor();
            assertThat(StudyFolders.cells(folder.resolve("killed"))).isLessThan(CELLS);
        }
        runToTheEnd("killed");
        StudyFolders.assertSame(folder.resolve("whole"), folder.resolve("killed"), said());

        List<Process> shards = new ArrayList<>();
        for (int shard = 1; shard <= 4; shard++) {
            shards.add(start("shards", "--shard", shard + "/4"));
        }
        for (Process shard : shards) {
            assertThat(shard.waitFor()).as(said()).isZero();
        }
        StudyFolders.assertSame(folder.resolve("whole"), folder.resolve("shards"), said());
    }
}
