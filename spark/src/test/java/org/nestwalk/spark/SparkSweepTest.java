package org.nestwalk.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.cli.Main;
import picocli.CommandLine;

/// Studies that are submitted to Spark as users do, in the one jar that they are given.
@Timeout(1800)
class SparkSweepTest {
    private static final Path ROOT =
            Path.of(System.getProperty("nestwalk.root", "..")).toAbsolutePath().normalize();
    private static final Path TARGET = ROOT.resolve("spark/target");
    private static final String EXECUTOR = "CoarseGrainedExecutorBackend";

    /// An installed Spark: its workers start executors from what is there.
    @TempDir private static Path home = Path.of("");

    @TempDir private Path folder = Path.of("");

    @BeforeAll
    static void install() throws IOException {
        Path jars = Files.createDirectory(home.resolve("jars"));
        String all = Files.readString(ROOT.resolve("spark/home/target/classpath")).strip();
        for (String jar : all.split(File.pathSeparator, -1)) {
            Files.createSymbolicLink(jars.resolve(Path.of(jar).getFileName()), Path.of(jar));
        }
    }

    private Process submit(String master, String... line) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:+UseSerialGC",
                                "-cp",
                                home + "/jars/*",
                                "org.apache.spark.deploy.SparkSubmit",
                                "--master",
                                master,
                                "--conf",
                                "spark.ui.enabled=false",
                                "--conf",
                                "spark.executor.memory=2g",
                                TARGET.resolve("nestwalk-spark.jar").toString()));
        command.addAll(List.of(line));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(folder.resolve("out").toFile())
                        .redirectError(folder.resolve("err").toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return builder.start();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("out")) + Files.readString(folder.resolve("err"));
    }

    private static void runHere(int status, String... line) {
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine(line).setErr(new PrintWriter(err));
        command.setOut(new PrintWriter(new StringWriter()));
        assertThat(command.execute(line)).as(err.toString()).isEqualTo(status);
    }

    private void assertSameFiles(String one, String other) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(one))) {
            List<Path> all =
                    files.filter(file -> Files.isRegularFile(file))
                            .filter(file -> !file.getFileName().toString().startsWith("."))
                            .toList();
            assertThat(all).isNotEmpty();
            for (Path file : all) {
                Path same = folder.resolve(other).resolve(folder.resolve(one).relativize(file));
                assertThat(same).hasSameBinaryContentAs(file);
            }
        }
    }

    @Test
    void aStudyIsTheBytesOfOneProcessAndACellThatFailsIsSaid() throws Exception {
        Path damaged = folder.resolve("damaged.lackey");
        Files.writeString(damaged, " L 1000,8\n S 2000,8\n L 10");
        Path study =
                Files.writeString(
                        folder.resolve("study.yaml"),
                        """
                        set:
                          program: ["gups:footprint=1MiB,accesses=2k", "%s", "%s/examples/sort.nwt"]
                          limit: 5k
                          machine: [zen4, skylake-sp]
                          setups: [native:4K, "nested:4K/4K"]
                        """
                                .formatted(damaged, ROOT));
        runHere(1, "sweep", study.toString(), "--into", folder.resolve("here").toString());

        Process spark =
                submit("local[2]", "sweep", "study.yaml", "--into", "spark", "--on", "spark");

        assertThat(spark.waitFor()).as(said()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("out")))
                .contains("8 of 12 cells finished: 0 before, 8 now, 4 failed");
        assertThat(Files.readString(folder.resolve("err"))).contains(damaged + ": ");
        assertSameFiles("here", "spark");
        assertSameFiles("spark", "here");
    }

    @Test
    void filesThatExecutorsWouldLookForElsewhereAreRefused() throws Exception {
        Files.writeString(folder.resolve("near.lackey"), " L 1000,8\n");

        Process spark = submit("local[2]", "sweep", "near.lackey", "--into", "a", "--on", "spark");

        assertThat(spark.waitFor()).as(said()).isEqualTo(2);
        assertThat(said()).contains("near.lackey: other hosts look for it elsewhere");
    }

    @Test
    void executorsThatAreLostAreReplacedAndTheBytesAreTheSame() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "processes are found in /proc");
        String text =
                Files.readString(ROOT.resolve("examples/studies/machines.yaml"))
                        .replace("examples/", ROOT + "/examples/");
        Path study = Files.writeString(folder.resolve("study.yaml"), text);

        Process spark =
                submit(
                        "local-cluster[2,1,2048]",
                        "sweep",
                        study.toString(),
                        "--into",
                        "spark",
                        "--on",
                        "spark");
        while (spark.isAlive() && finished() < 400) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        assertThat(spark.isAlive()).as(said()).isTrue();
        List<ProcessHandle> executors =
                spark.descendants().filter(SparkSweepTest::isExecutor).toList();
        // All of them, so that tasks were under way in some.
        assertThat(executors).isNotEmpty();
        executors.forEach(ProcessHandle::destroyForcibly);

        assertThat(finished()).isLessThan(1512);
        assertThat(spark.waitFor()).as(said()).isZero();
        assertThat(said()).contains("ExecutorLostFailure", "1,512 of 1,512 cells finished");
        runHere(0, "sweep", study.toString(), "--into", folder.resolve("here").toString());
        assertSameFiles("here", "spark");
        assertSameFiles("spark", "here");
    }

    private long finished() throws IOException {
        Path cells = folder.resolve("spark/cells");
        if (!Files.isDirectory(cells)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(cells)) {
            return files.count();
        }
    }

    private static boolean isExecutor(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .contains(EXECUTOR);
        } catch (IOException e) {
            return false; // it has ended
        }
    }
}
