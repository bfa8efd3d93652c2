package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How much memory a server takes that the launcher has started, with the options that it gives.
@Timeout(120)
class ServeMemoryTest {
    private static final long MOST = 200L << 20;
    private static final int LOOKS = 15;

    @TempDir private Path tree = Path.of("");

    private @Nullable Process server;

    /// The launcher in a tree of its own, on a JDK that runs our classes instead of the jar.
    private Process start() throws IOException {
        Files.createDirectories(tree.resolve("runtime/bin"));
        Files.createDirectories(tree.resolve("lib"));
        Files.copy(Nestwalk.ROOT.resolve("nestwalk"), tree.resolve("nestwalk"));
        Path java =
                Files.writeString(
                        tree.resolve("runtime/bin/java"),
                        """
                        #!/bin/sh
                        options=
                        while [ "$1" != -jar ]; do
                          options="$options $1"
                          shift
                        done
                        shift 2
                        exec %s $options -cp '%s' org.nestwalk.cli.Main "$@"
                        """
                                .formatted(
                                        ProcessHandle.current().info().command().orElse("java"),
                                        System.getProperty("java.class.path")));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new ProcessBuilder(tree.resolve("nestwalk").toString(), "serve", "--port", "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @AfterEach
    void end() throws InterruptedException {
        if (server != null) {
            server.destroy();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void staysUnder200MebibytesWithThreeRunsQueued() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "/proc says what is resident");
        Process started = start();
        server = started;
        String url;
        try (BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            url = out.readLine().replaceFirst("Nestwalk is at ", "");
            try (HttpClient client = HttpClient.newHttpClient()) {
                String page = get(client, url);
                Matcher token =
                        Pattern.compile("name=\"nestwalk-token\" content=\"(\\w+)\"").matcher(page);
                assertThat(token.find()).isTrue();
                String run =
                        """
                        {"experiment":"run","values":{"program":"btree:footprint=256MiB,accesses=1G"}}
                        """;
                for (int i = 0; i < 4; i++) {
                    HttpResponse<String> answer =
                            client.send(
                                    HttpRequest.newBuilder(URI.create(url + "api/start"))
                                            .header("X-Nestwalk-Token", token.group(1))
                                            .POST(HttpRequest.BodyPublishers.ofString(run))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString());
                    assertThat(answer.statusCode()).isEqualTo(202);
                }
                long most = 0;
                for (int i = 0; i < LOOKS; i++) {
                    Thread.sleep(100);
                    most = Math.max(most, resident(started));
                }
                assertThat(get(client, url + "api/runs"))
                        .containsOnlyOnce("RUNNING")
                        .contains("WAITING", "\"place\":3");
                System.out.printf("%d MiB are resident%n", most >> 20);
                assertThat(most).isBetween(20L << 20, MOST);
            }
        }
    }

    private static String get(HttpClient client, String url)
            throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create(url)).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static long resident(Process server) throws IOException {
        return Files.readAllLines(Path.of("/proc/%d/status".formatted(server.pid()))).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }
}
