package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.Effort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `vm migrate` and `vm receive` in two processes, and what they end with.
@Timeout(600)
class VmMigrateCommandTest {
    private static final String PROGRAM = "gups:footprint=4MiB,accesses=2M";

    @TempDir private Path folder = Path.of("");
    private @Nullable Process receiver;

    /// A command in a process of its own, whose outputs are files.
    private Process start(String name, String... line) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                "org.nestwalk.cli.Main"));
        command.addAll(List.of(line));
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .redirectError(folder.resolve(name + ".err").toFile())
                .start();
    }

    private String text(String file) throws IOException {
        Path path = folder.resolve(file);
        return Files.exists(path) ? Files.readString(path) : "";
    }

    private void await(String file, String said) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!text(file).contains(said)) {
            assertThat(System.nanoTime()).as("%s: %s", file, text(file)).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private String listening(String name, String... options) throws IOException {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                "vm",
                                "receive",
                                "--listen",
                                "127.0.0.1:0",
                                "--events",
                                folder.resolve(name + ".events").toString()));
        line.addAll(List.of(options));
        receiver = start(name, line.toArray(String[]::new));
        await(name + ".events", "\n");
        JsonNode first =
                JsonMapper.shared()
                        .readTree(text(name + ".events").lines().findFirst().orElseThrow());
        return "127.0.0.1:" + first.get("port").asInt();
    }

    private Process receiver() {
        return Objects.requireNonNull(receiver);
    }

    @Test
    void aGuestGoesToAnotherProcessAndEndsThereWithItsChecksum() throws Exception {
        for (int i = 0; i < Effort.of(2, 40); i++) {
            String to = listening("r" + i, "--json", folder.resolve("arrival.json").toString());
            Process source =
                    start(
                            "m" + i,
                            "vm",
                            "migrate",
                            PROGRAM,
                            "--to",
                            to,
                            "--memory",
                            "16MiB",
                            "--policy",
                            i % 2 == 0 ? "foresight" : "post-copy",
                            "--json",
                            "-",
                            "--events",
                            folder.resolve("m.events").toString());
            assertThat(source.waitFor()).as(text("m" + i + ".err")).isZero();
            assertThat(receiver().waitFor()).as(text("r" + i + ".err")).isZero();

            JsonNode moved = JsonMapper.shared().readTree(text("m" + i + ".out"));
            assertThat(moved.get("format").asString()).isEqualTo("nestwalk-migration");
            assertThat(moved.get("fate").asString()).isEqualTo("MOVED");
            JsonNode arrived = JsonMapper.shared().readTree(text("arrival.json"));
            assertThat(arrived.get("format").asString()).isEqualTo("nestwalk-arrival");
            assertThat(arrived.get("programs").get(0).get("verified").asBoolean()).isTrue();
            assertThat(text("r" + i + ".out")).contains("with the checksum of plain execution");
            List<String> events =
                    text("m.events")
                            .lines()
                            .map(line ->
                                    JsonMapper.shared().readTree(line).get("event").asString())
                            .toList();
            assertThat(events).startsWith("moving").endsWith("moved");
        }
    }

    @Test
    void whoeverInterruptsTheSourceGetsTheGuestToItsEndThere() throws Exception {
        String to = listening("r");
        Process source =
                start(
                        "m",
                        "vm",
                        "migrate",
                        "gups:footprint=16MiB,accesses=20M",
                        "--to",
                        to,
                        "--memory",
                        "32MiB",
                        "--policy",
                        "fixed-rounds:rounds=100000,factor=1000000,pages=0",
                        "--events",
                        folder.resolve("m.events").toString());
        await("m.events", "round");
        source.destroy();
        int interrupted = source.waitFor();

        assertThat(interrupted).isGreaterThan(128);
        assertThat(text("m.out"))
                .contains("The guest has not moved: cancelled")
                .contains("with the checksum of plain execution");
        assertThat(receiver().waitFor()).isEqualTo(3);
        assertThat(text("r.out")).contains("No guest has arrived: cancelled");
    }

    @Test
    void aReceiverThatIsKilledLeavesTheGuestAtItsSource() throws Exception {
        String to = listening("r");
        Process source =
                start(
                        "m",
                        "vm",
                        "migrate",
                        "gups:footprint=16MiB,accesses=20M",
                        "--to",
                        to,
                        "--memory",
                        "32MiB",
                        "--policy",
                        "fixed-rounds:rounds=100000,factor=1000000,pages=0",
                        "--events",
                        folder.resolve("m.events").toString());
        await("m.events", "round");
        receiver().destroyForcibly();

        assertThat(source.waitFor()).as(text("m.err")).isEqualTo(3);
        assertThat(text("m.out")).contains("with the checksum of plain execution");
    }

    @Test
    void statusesTellBadInputFromAGuestThatStayed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String place = "127.0.0.1:" + taken.getLocalPort();
            Nestwalk.Result busy = Nestwalk.run("vm", "receive", "--listen", place);
            assertThat(busy.status()).isEqualTo(2);
            assertThat(busy.err())
                    .contains("--listen: " + place + " is in use; choose another port");
        }
        Nestwalk.Result alone =
                Nestwalk.run(
                        "vm", "migrate", PROGRAM, "--to", "127.0.0.1:1", "--patience", "0.2");
        assertThat(alone.status()).isEqualTo(3);
        assertThat(alone.out())
                .contains("The guest has not moved: 127.0.0.1:1 cannot be reached");

        assertThat(bad("migrate", PROGRAM)).contains("--to: name where vm receive listens");
        assertThat(bad("migrate", PROGRAM, "--to", "nowhere")).contains("is no HOST:PORT");
        assertThat(bad("migrate", PROGRAM, "--to", "192.0.2.1:1"))
                .contains("--to: 192.0.2.1 is not the loopback address")
                .contains("--insecure");
        assertThat(bad("receive", "--listen", "0.0.0.0:0")).contains("is not the loopback");
        assertThat(bad("receive", "--tls-cert", "no.pem", "--tls-key", "x", "--tls-ca", "y"))
                .contains("--tls-cert: no.pem cannot be read");
        assertThat(bad("migrate", PROGRAM, "--to", "127.0.0.1:1", "--policy", "quick"))
                .contains("unknown policy 'quick'");
    }

    private static String bad(String... line) {
        List<String> all = new ArrayList<>(List.of("vm"));
        all.addAll(List.of(line));
        Nestwalk.Result result = Nestwalk.run(all.toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isEqualTo(2);
        return result.err().replaceAll("\\s+", " ");
    }
}
