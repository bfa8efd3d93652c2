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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `vm migrate` and `vm receive` in two processes, and what they end with.
@Timeout(600)
class VmMigrateCommandTest {
    private static final String PROGRAM = "gups:footprint=4MiB,accesses=2M";

    private static final String ON_KVM = "gups:footprint=4MiB,accesses=80M";

    @TempDir private Path folder = Path.of("");
    private @Nullable Process receiver;

    /// How often something is tried: `usual`, or with `nestwalk.long` as often as is promised.
    private static int tries(int usual, int full) {
        return Boolean.getBoolean("nestwalk.long") ? full : usual;
    }

    private CommandProcesses commands() {
        return new CommandProcesses(folder);
    }

    private Process start(String name, String... line) throws IOException {
        return commands().start(List.of(), name, line);
    }

    /// What is in a file, without ends of lines.
    private String text(String file) throws IOException {
        return commands().text(file).replaceAll("\\s+", " ");
    }

    private String listening(String name, String... options) throws IOException {
        List<String> line = new ArrayList<>(List.of("vm", "receive", "--listen", "127.0.0.1:0"));
        line.addAll(List.of(options));
        receiver = start(name, line.toArray(String[]::new));
        return "127.0.0.1:" + commands().port(name);
    }

    private Process receiver() {
        return Objects.requireNonNull(receiver);
    }

    @Test
    void aGuestGoesToAnotherProcessAndEndsThereWithItsChecksum() throws Exception {
        for (int i = 0; i < tries(2, 40); i++) {
            // Each process is new, so that nothing of the one kind of machine helps the other.
            String on = i % 2 == 1 && Files.isWritable(Path.of("/dev/kvm")) ? "kvm" : "sim";
            String to =
                    listening(
                            "r" + i,
                            "--on",
                            on,
                            "--json",
                            folder.resolve("arrival.json").toString());
            Process source =
                    start(
                            "m" + i,
                            "vm",
                            "migrate",
                            on.equals("kvm") ? ON_KVM : PROGRAM,
                            "--to",
                            to,
                            "--on",
                            on,
                            "--memory",
                            "16MiB",
                            "--policy",
                            i % 2 == 0 ? "foresight" : "post-copy",
                            "--json",
                            "-");
            assertThat(source.waitFor()).as(text("m" + i + ".err")).isZero();
            assertThat(receiver().waitFor()).as(text("r" + i + ".err")).isZero();

            JsonNode moved = JsonMapper.shared().readTree(text("m" + i + ".out"));
            assertThat(moved.get("format").asString()).isEqualTo("nestwalk-migration");
            assertThat(moved.get("fate").asString()).isEqualTo("MOVED");
            JsonNode arrived = JsonMapper.shared().readTree(commands().text("arrival.json"));
            assertThat(arrived.get("format").asString()).isEqualTo("nestwalk-arrival");
            assertThat(arrived.get("programs").get(0).get("verified").asBoolean()).isTrue();
            assertThat(text("r" + i + ".out")).contains("with the checksum of plain execution");
            List<String> events =
                    commands().events("m" + i).stream()
                            .map(event -> event.get("event").asString())
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
                        "gups:footprint=16MiB,accesses=8M",
                        "--to",
                        to,
                        "--memory",
                        "32MiB",
                        "--policy",
                        "fixed-rounds:rounds=100000,factor=1000000,pages=0");
        commands().await("m.events", "round");
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
                        "gups:footprint=16MiB,accesses=8M",
                        "--to",
                        to,
                        "--memory",
                        "32MiB",
                        "--policy",
                        "fixed-rounds:rounds=100000,factor=1000000,pages=0");
        commands().await("m.events", "round");
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
                Nestwalk.run("vm", "migrate", PROGRAM, "--to", "127.0.0.1:1", "--patience", "0.2");
        assertThat(alone.status()).isEqualTo(3);
        assertThat(alone.out()).contains("The guest has not moved: 127.0.0.1:1 cannot be reached");

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
