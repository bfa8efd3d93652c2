package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Guests move between two networks of this host, over a link that is as slow as it is told to be.
/// Needs root and iproute2.
@EnabledIfSystemProperty(named = "nestwalk.long", matches = "true")
@Timeout(3600)
class ShapedLinkTest {
    private static final String HERE = "nwa" + ProcessHandle.current().pid();
    private static final String THERE = "nwb" + ProcessHandle.current().pid();

    @TempDir private Path folder = Path.of("");

    private static boolean run(String line) throws IOException, InterruptedException {
        return new ProcessBuilder(List.of(line.split(" ", -1)))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private static boolean all(String... lines) throws IOException, InterruptedException {
        for (String line : lines) {
            if (!run(line)) {
                return false;
            }
        }
        return true;
    }

    @BeforeEach
    void makeNetworks() throws IOException, InterruptedException {
        boolean made;
        try {
            made =
                    all(
                            "ip netns add " + HERE,
                            "ip netns add " + THERE,
                            "ip link add veth0 netns %s type veth peer name veth0 netns %s"
                                    .formatted(HERE, THERE),
                            "ip -n %s addr add 10.99.0.1/24 dev veth0".formatted(HERE),
                            "ip -n %s addr add 10.99.0.2/24 dev veth0".formatted(THERE),
                            "ip -n %s link set veth0 up".formatted(HERE),
                            "ip -n %s link set veth0 up".formatted(THERE));
        } catch (IOException e) {
            made = false;
        }
        assumeTrue(made, "networks of one's own need root and iproute2");
    }

    @AfterEach
    void removeNetworks() throws IOException, InterruptedException {
        boolean _ = run("ip netns del " + HERE);
        boolean _ = run("ip netns del " + THERE);
    }

    /// Both directions carry `megabits` a second, and a round trip takes `milliseconds`.
    ///
    /// @return the milliseconds of a round trip: 0 where the kernel can only limit rates
    private static int shape(int megabits, int milliseconds)
            throws IOException, InterruptedException {
        if (shapeBoth("netem rate %dmbit delay %dus limit 100000", megabits, milliseconds * 500)) {
            return milliseconds;
        }
        assumeTrue(
                shapeBoth("tbf rate %dmbit burst 256k latency 1s", megabits),
                "tc cannot shape links here");
        return 0;
    }

    private static boolean shapeBoth(String discipline, Object... values)
            throws IOException, InterruptedException {
        String line = "tc -n %s qdisc replace dev veth0 root " + discipline.formatted(values);
        return all(line.formatted(HERE), line.formatted(THERE));
    }

    @Test
    void guestsMoveOverShapedLinks() throws IOException, InterruptedException {
        Random random = new Random(1);
        List<String> policies =
                List.of("foresight", "downtime-limit", "post-copy", "hybrid", "auto-converge");
        CommandProcesses commands = new CommandProcesses(folder);
        for (int i = 0; i < 50; i++) {
            int megabits = List.of(100, 400, 1_000).get(random.nextInt(3));
            int delay = List.of(0, 2, 10).get(random.nextInt(3));
            String policy = policies.get(i % policies.size());
            int milliseconds = shape(megabits, delay);
            Process target =
                    commands.start(
                            List.of("ip", "netns", "exec", THERE),
                            "r" + i,
                            "vm",
                            "receive",
                            "--listen",
                            "10.99.0.2:0",
                            "--insecure");
            int port = commands.port("r" + i);
            Process source =
                    commands.start(
                            List.of("ip", "netns", "exec", HERE),
                            "m" + i,
                            "vm",
                            "migrate",
                            "zipf:footprint=8MiB,accesses=6M",
                            "--to",
                            "10.99.0.2:" + port,
                            "--insecure",
                            "--memory",
                            "16MiB",
                            "--policy",
                            policy,
                            "--json",
                            "-");
            String what = "%d Mbit/s, %d ms, %s".formatted(megabits, milliseconds, policy);
            assertThat(source.waitFor()).as(what + commands.text("m" + i + ".err")).isZero();
            assertThat(target.waitFor()).as(what + commands.text("r" + i + ".err")).isZero();
            JsonNode moved = JsonMapper.shared().readTree(commands.text("m" + i + ".out"));
            long roundTrip = milliseconds * 1_000_000L;
            assertThat(moved.get("downtimeHandOver").asLong())
                    .as(what)
                    .isGreaterThanOrEqualTo(2 * roundTrip);
        }
    }
}
