package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Commands in processes of their own, whose outputs are files `NAME.out`, `NAME.err` and
/// `NAME.events` of a folder.
record CommandProcesses(Path folder) {
    /// Starts `line`.
    ///
    /// @param prefix what runs it, such as another network's `ip netns exec`
    Process start(List<String> prefix, String name, String... line) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        "org.nestwalk.cli.Main"));
        command.addAll(List.of(line));
        command.addAll(List.of("--events", path(name + ".events").toString()));
        return new ProcessBuilder(command)
                .redirectOutput(path(name + ".out").toFile())
                .redirectError(path(name + ".err").toFile())
                .start();
    }

    Path path(String file) {
        return folder.resolve(file);
    }

    /// What is in a file so far.
    String text(String file) throws IOException {
        return Files.exists(path(file)) ? Files.readString(path(file)) : "";
    }

    /// Waits until a file has some text.
    void await(String file, String said) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!text(file).contains(said)) {
            assertThat(System.nanoTime()).as("%s: %s", file, text(file)).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    /// The events that a command has told so far.
    List<JsonNode> events(String name) throws IOException {
        return text(name + ".events")
                .lines()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    /// Where the receiver called `name` listens, once it does.
    int port(String name) throws IOException {
        await(name + ".events", "\n");
        return events(name).getFirst().get("port").asInt();
    }
}
