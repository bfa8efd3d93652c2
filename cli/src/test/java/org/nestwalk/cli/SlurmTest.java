package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The script for Slurm, submitted to Slurm: a cluster of this host alone, with daemons, ports and
/// keys of its own.
@Timeout(1800)
@EnabledIfSystemProperty(named = "nestwalk.long", matches = "true")
class SlurmTest {
    private static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    @TempDir private Path folder = Path.of("");

    private final List<Process> daemons = new ArrayList<>();

    private ProcessBuilder process(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("PATH", PATH);
        builder.environment().put("SLURM_CONF", folder.resolve("slurm.conf").toString());
        builder.environment().put("NESTWALK", folder.resolve("nestwalk").toString());
        return builder.redirectErrorStream(true);
    }

    private String run(String... command) throws IOException, InterruptedException {
        Process process = process(command).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command) + ": " + out).isZero();
        return out;
    }

    private boolean hasIdleNode() throws IOException, InterruptedException {
        Process sinfo = process("sinfo", "--noheader", "--format=%t").start();
        String out = new String(sinfo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return sinfo.waitFor() == 0 && out.contains("idle");
    }

    private void startDaemon(String... command) throws IOException {
        ProcessBuilder.Redirect said =
                ProcessBuilder.Redirect.appendTo(folder.resolve("daemons").toFile());
        daemons.add(process(command).redirectOutput(said).start());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(15);
        while (!condition.holds()) {
            assertThat(System.nanoTime())
                    .as(what + ": " + Files.readString(folder.resolve("daemons")))
                    .isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    @BeforeEach
    void startCluster() throws Exception {
        for (String program : List.of("munged", "slurmctld", "slurmd", "sbatch")) {
            assumeTrue(
                    Stream.of(PATH.split(":"))
                            .anyMatch(bin -> Files.isExecutable(Path.of(bin, program))),
                    program + " is not installed");
        }
        assumeTrue(run("id", "-u").equals("0\n"), "Slurm's daemons are started by root only");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        byte[] key = new byte[128];
        new Random(7).nextBytes(key);
        Files.write(folder.resolve("key"), key);
        Files.setPosixFilePermissions(
                folder.resolve("key"), PosixFilePermissions.fromString("rw-------"));
        Files.createDirectory(folder.resolve("state"));
        Files.writeString(
                folder.resolve("slurm.conf"),
                """
                ClusterName=test
                SlurmctldHost=%1$s(127.0.0.1)
                SlurmUser=root
                SlurmctldPort=%2$d
                SlurmdPort=%3$d
                AuthType=auth/munge
                AuthInfo=socket=%4$s/munge.socket
                StateSaveLocation=%4$s/state
                SlurmdSpoolDir=%4$s/spool
                SlurmctldPidFile=%4$s/slurmctld.pid
                SlurmdPidFile=%4$s/slurmd.pid
                ProctrackType=proctrack/linuxproc
                TaskPlugin=task/none
                ReturnToService=2
                SelectType=select/cons_tres
                SelectTypeParameters=CR_Core
                NodeName=%1$s NodeAddr=127.0.0.1 CPUs=%5$d State=UNKNOWN
                PartitionName=test Nodes=%1$s Default=YES State=UP
                """
                        .formatted(
                                run("hostname", "-s").strip(),
                                freePort(),
                                freePort(),
                                folder,
                                Runtime.getRuntime().availableProcessors()));
        startDaemon(
                "munged",
                "--foreground",
                "--force",
                "--socket=" + folder.resolve("munge.socket"),
                "--key-file=" + folder.resolve("key"),
                "--pid-file=" + folder.resolve("munged.pid"),
                "--log-file=" + folder.resolve("munged.log"),
                "--seed-file=" + folder.resolve("seed"));
        await("munged", () -> Files.exists(folder.resolve("munge.socket")));
        startDaemon("slurmctld", "-D");
        startDaemon("slurmd", "-D");
        await("a node", this::hasIdleNode);
    }

    @AfterEach
    void stopCluster() throws InterruptedException {
        for (Process daemon : daemons.reversed()) {
            daemon.destroy();
            if (!daemon.waitFor(20, TimeUnit.SECONDS)) {
                daemon.destroyForcibly();
            }
        }
    }

    @Test
    void anArrayOfSlurmMakesTheBytesOfOneProcess() throws Exception {
        Path study =
                Files.writeString(
                        folder.resolve("study.yaml"),
                        Files.readString(Nestwalk.ROOT.resolve("examples/studies/machines.yaml"))
                                .replace(
                                        "examples/",
                                        Nestwalk.ROOT.toAbsolutePath() + "/examples/"));
        Path program =
                Files.writeString(
                        folder.resolve("nestwalk"),
                        "#!/bin/sh\nexec '%s/bin/java' -XX:+UseSerialGC -Xmx1g -cp '%s' org.nestwalk.cli.Main \"$@\"\n"
                                .formatted(
                                        System.getProperty("java.home"),
                                        System.getProperty(
                                                "surefire.test.class.path",
                                                System.getProperty("java.class.path"))));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        String into = folder.resolve("slurm").toString();
        Nestwalk.Result script =
                Nestwalk.run("sweep", "slurm", study.toString(), "--shards", "4", "--into", into);
        assertThat(script.status()).as(script.err()).isZero();
        Files.writeString(folder.resolve("job.sh"), script.out());

        run("bash", "job.sh");
        await("the end of all jobs", () -> run("squeue", "--noheader").isEmpty());

        Path here = folder.resolve("here");
        Nestwalk.Result whole = Nestwalk.run("sweep", study.toString(), "--into", here.toString());
        assertThat(whole.status()).as(whole.err()).isZero();
        StudyFolders.assertSame(here, folder.resolve("slurm"), logs());
    }

    private String logs() throws IOException {
        StringBuilder logs = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (file.getFileName().toString().endsWith(".out")) {
                    logs.append(Files.readString(file));
                }
            }
        }
        return logs.toString();
    }
}
