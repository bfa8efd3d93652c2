package org.nestwalk.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.serve.Started.Reply;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs are started, queued, watched, cancelled and kept.
@Timeout(60)
class RunsTest {
    private static final Path SAMPLES = Path.of("../traces/src/test/resources/samples");
    private static final String LONG = "{\"ticks\":[\"500k\"]}";
    private static final List<String> RUNNING = List.of("RUNNING");

    @TempDir private Path folder = Path.of("");

    private Started started = new Started(null);

    @BeforeEach
    void keepResults() {
        started.close();
        started = new Started(folder);
    }

    @AfterEach
    void stop() {
        started.close();
    }

    @Test
    void resultIsWhatTheCommandLineWouldWrite() throws IOException, InterruptedException {
        Reply reply =
                started.start(
                        "run",
                        """
                        {"program":["gups:footprint=4MiB,accesses=5k"],
                         "setups":["native:4K","nested:4K/4K"],"seed":["7"]}\
                        """);
        assertThat(reply.status()).as(reply.body()).isEqualTo(202);
        assertThat(reply.json().get("command").valueStream().map(JsonNode::asString))
                .containsExactly(
                        "nestwalk run",
                        "gups:footprint=4MiB,accesses=5k",
                        "--setups",
                        "native:4K,nested:4K/4K",
                        "--seed",
                        "7");
        JsonNode end = started.awaitEnd(1);
        assertThat(end.get("phase").asString()).as(end.toString()).isEqualTo("DONE");
        assertThat(end.get("complete").asBoolean()).isTrue();
        String id = end.get("result").asString();

        Reply report = started.get("/report?id=" + id);
        assertThat(report.body()).contains("gups", "<h1>nestwalk run</h1>");
        assertThat(report.headers().get("content-security-policy")).contains("'sha256-");
        Reply json = started.get("/download?id=" + id + "&as=json");
        assertThat(json.headers().get("content-disposition")).matches("attachment; .*\\.json\"");
        assertThat(json.json().get("format").asString()).isEqualTo("nestwalk-run");
        assertThat(started.get("/download?id=" + id + "&as=csv").body()).contains("nested:4K/4K");
        assertThat(started.get("/download?id=" + id + "&as=exe").status()).isEqualTo(404);
        JsonNode listed = started.get("/api/results").json();
        assertThat(listed).hasSize(1);
        assertThat(listed.get(0).get("title").asString()).startsWith("nestwalk run: ");
    }

    @Test
    void tenRunsQueueAndAnEleventhIsRefused() throws IOException, InterruptedException {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < Runs.MOST; i++) {
            Reply reply = started.start("ticks", LONG);
            assertThat(reply.status()).isEqualTo(202);
            places.add(reply.json().path("place").asInt(0));
        }
        assertThat(places).endsWith(8, 9, 10);
        Reply eleventh = started.start("ticks", LONG);
        assertThat(eleventh.status()).isEqualTo(429);
        assertThat(eleventh.message()).contains("10 runs are not over yet", "cancel one");

        assertThat(started.post("/api/cancel", "{\"id\":\"10\"}").json().get("phase").asString())
                .isEqualTo("CANCELLED");
        assertThat(started.start("ticks", LONG).status()).isEqualTo(202);
    }

    @Test
    void cancelledRunKeepsWhatThereIs() throws IOException, InterruptedException {
        started.start("ticks", LONG);
        started.await(1, RUNNING);
        Thread.sleep(100);
        started.post("/api/cancel", "{\"id\":\"1\"}");
        JsonNode end = started.awaitEnd(1);
        assertThat(end.get("phase").asString()).isEqualTo("DONE");
        assertThat(end.get("complete").asBoolean()).isFalse();
        assertThat(started.get("/report?id=" + end.get("result").asString()).body())
                .contains("interrupted: this is what there was so far");
        assertThat(started.post("/api/cancel", "{\"id\":\"1\"}").status()).isEqualTo(200);
        assertThat(started.post("/api/cancel", "{\"id\":\"77\"}").status()).isEqualTo(404);
    }

    @Test
    void endOfTheServerKeepsWhatRan() throws IOException, InterruptedException {
        started.start("ticks", LONG);
        started.start("ticks", LONG);
        started.await(1, RUNNING);
        Thread.sleep(100);
        started.close();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString().replaceAll("-.*\\.", ".")))
                    .containsExactlyInAnyOrder("ticks.html", "ticks.csv");
        }
    }

    @Test
    void progressIsToldUntilTheEnd() throws IOException {
        started.start("ticks", "{\"ticks\":[\"600\"]}");
        try (Socket socket = watch(1);
                BufferedReader in = reader(socket)) {
            List<JsonNode> states =
                    in.lines()
                            .filter(line -> line.startsWith("data: "))
                            .map(line -> JsonMapper.shared().readTree(line.substring(6)))
                            .toList();
            assertThat(states.getLast().get("phase").asString()).isEqualTo("DONE");
            assertThat(states.stream().map(state -> state.path("progress").path("done").asLong(0)))
                    .isSorted()
                    .anyMatch(done -> done > 0 && done < 600);
        }
    }

    @Test
    void listenerThatGoesAwayIsForgotten() throws IOException, InterruptedException {
        started.start("ticks", LONG);
        for (int i = 0; i < 5; i++) {
            try (Socket socket = watch(1);
                    BufferedReader in = reader(socket)) {
                while (!in.readLine().startsWith("data: ")) {
                    // The head.
                }
            }
        }
        for (int i = 0; i < 500 && started.server().listeners() > 0; i++) {
            Thread.sleep(20);
        }
        assertThat(started.server().listeners()).isZero();
        assertThat(started.await(1, RUNNING)).isNotNull();
    }

    private Socket watch(int run) throws IOException {
        Socket socket = started.connect();
        socket.getOutputStream()
                .write(
                        started.head(
                                        "GET",
                                        "/api/runs/events?id=" + run,
                                        Map.of("Connection", "close"))
                                .getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "\"ticks\"",
                "{\"ticks\":null}",
                "{\"ticks\":{\"a\":1}}",
                "{\"ticks\":[[1]]}",
                "{\"ticks\":[\"1\",null]}"
            })
    void valuesOfAnOddFormAreRefusedWithASentence(String values) throws IOException {
        Reply reply = started.start("ticks", values);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).contains("a text or a list of texts");
        assertThat(started.get("/api/runs").json().isEmpty()).isTrue();
    }

    @Test
    void uploadThatBreaksOffLeavesNothing() throws IOException, InterruptedException {
        try (Socket socket = started.connect()) {
            Map<String, String> headers = new LinkedHashMap<>(started.token());
            headers.put("Content-Length", "100000");
            OutputStream out = socket.getOutputStream();
            out.write(
                    (started.head("POST", "/api/upload?name=a.txt", headers) + " L 1ffeffe7e,8\n")
                            .getBytes(StandardCharsets.UTF_8));
        }
        // Were it kept, it would be one of the sixteen; while it comes it is.
        int kept = 0;
        for (int i = 0; i < 200 && kept < 16; i++) {
            if (upload(" L 1ffeffe7e,8\n").status() == 200) {
                kept++;
            } else {
                Thread.sleep(20);
            }
        }
        assertThat(kept).isEqualTo(16);
        assertThat(upload(" L 1ffeffe7e,8\n").status()).isEqualTo(413);
    }

    private Reply upload(String text) throws IOException {
        return started.send(
                "POST",
                "/api/upload?name=a.txt",
                started.token(),
                text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void wrongValuesAreSaidAtTheirFields() throws IOException, InterruptedException {
        Reply bounds = started.start("ticks", "{\"ticks\":[\"-3\"]}");
        assertThat(bounds.status()).isEqualTo(422);
        assertThat(bounds.json().get("parameter").asString()).isEqualTo("ticks");
        assertThat(bounds.message()).startsWith("--ticks: '-3' is not");

        Reply together = started.start("ticks", "{\"from\":[\"3\"]}");
        assertThat(together.json().get("parameter").asString()).isEqualTo("from");
        assertThat(together.message()).isEqualTo("--from is for --way down, not for --way up");

        assertThat(started.start("run", "{}").json().get("parameter").asString())
                .isEqualTo("program");
        assertThat(started.start("ticks", "{\"tocks\":[\"3\"]}").status()).isEqualTo(422);
        assertThat(started.start("clock", "{}").status()).isEqualTo(404);

        started.start(
                "run",
                "{\"program\":[\"gups:footprint=4MiB\"],\"limit\":[\"1k\"],\"warmup\":[\"2k\"]}");
        JsonNode late = started.awaitEnd(1);
        assertThat(late.get("phase").asString()).isEqualTo("REFUSED");
        assertThat(late.get("parameter").asString()).isEqualTo("warmup");

        started.start(
                "run", "{\"program\":[\"gups:footprint=4MiB\"],\"machine\":[\"/no/such.yaml\"]}");
        assertThat(started.awaitEnd(2).get("message").asString())
                .isEqualTo("no such file: /no/such.yaml");
    }

    @Test
    void pageOpensNoFilesOfTheMachine() throws IOException {
        Path trace = SAMPLES.resolve("true.lackey.gz").toAbsolutePath();
        assertThat(trace).exists();
        for (String name : List.of(trace.toString(), "/etc/passwd", "-", "pom.xml")) {
            Reply reply = started.start("run", "{\"program\":[\"%s\"]}".formatted(name));
            assertThat(reply.status()).as(name).isEqualTo(422);
            assertThat(reply.message()).contains("a page opens no files");
            assertThat(reply.json().get("parameter").asString()).isEqualTo("program");
        }
    }

    @Test
    void traceIsUploadedAndRuns() throws IOException, InterruptedException {
        byte[] trace = Files.readAllBytes(SAMPLES.resolve("true.lackey.gz"));
        Reply upload =
                started.send(
                        "POST",
                        "/api/upload?name=..%2F..%2Fetc%2Fmy%20trace.gz",
                        started.token(),
                        trace);
        assertThat(upload.status()).as(upload.body()).isEqualTo(200);
        assertThat(upload.json().get("name").asString()).isEqualTo("__.._etc_my_trace.gz");
        assertThat(upload.json().get("format").asString()).isEqualTo("lackey");
        started.start(
                "run",
                "{\"program\":[\"%s\"],\"limit\":[\"2k\"]}"
                        .formatted(upload.json().get("value").asString()));
        assertThat(started.awaitEnd(1).get("phase").asString()).isEqualTo("DONE");
    }

    @Test
    void uploadThatIsNoTraceIsRefused() throws IOException {
        for (String text : List.of("", "#!/bin/sh\necho", "\u0000\u0001\u0002", "PK\u0003\u0004")) {
            Reply reply =
                    started.send(
                            "POST",
                            "/api/upload?name=some.trace",
                            started.token(),
                            text.getBytes(StandardCharsets.UTF_8));
            assertThat(reply.status()).as(text).isEqualTo(422);
            assertThat(reply.message()).startsWith("some.trace").doesNotContain("nestwalk-serve");
        }
    }

    @Test
    void pagesOfAMachineAreSeenAsItRuns() throws IOException, InterruptedException {
        started.start(
                "vm-run",
                """
                {"program":["gups:footprint=64MiB,accesses=50M"],"memory":["256MiB"],
                 "guest-pages":["thp"],"backing":["2M"]}\
                """);
        try (Socket socket = watch(1);
                BufferedReader in = reader(socket)) {
            JsonNode live =
                    in.lines()
                            .filter(line -> line.startsWith("data: "))
                            .map(line -> JsonMapper.shared().readTree(line.substring(6)))
                            .filter(state -> state.path("live").path("number").asInt(0) > 1)
                            .findFirst()
                            .orElseThrow()
                            .get("live");
            assertThat(live.get("pages").asLong()).isEqualTo(65_536);
            assertThat(live.get("cells").valueStream().mapToLong(JsonNode::asLong).sum())
                    .isEqualTo(65_536);
            assertThat(live.get("cells").get(2).asLong()).as("in large pages").isPositive();
            assertThat(live.get("exits").asLong()).isPositive();
            assertThat(started.get("/api/runs/pages?id=1").headers())
                    .containsEntry("content-length", "65536");
        }
        started.post("/api/cancel", "{\"id\":\"1\"}");
        assertThat(started.awaitEnd(1).get("complete").asBoolean()).isFalse();
    }

    @Test
    void chartsAreSeenWhileItRunsAndGoneAfter() throws IOException, InterruptedException {
        started.start("ticks", "{\"ticks\":[\"20000\"]}");
        try (Socket socket = watch(1);
                BufferedReader in = reader(socket)) {
            assertThat(in.lines().anyMatch(line -> line.contains("\"charts\":2"))).isTrue();
            assertThat(started.get("/api/runs/charts?id=1").body())
                    .contains("<figure id=\"chart-1\">", "ticks &lt;so far&gt;")
                    .doesNotContain("<so far>");
        }
        started.post("/api/cancel", "{\"id\":\"1\"}");
        started.awaitEnd(1);
        assertThat(started.get("/api/runs/charts?id=1").body()).isEmpty();
    }

    @Test
    void chartsAreNotMadeWhereNobodyWatches() throws IOException, InterruptedException {
        started.start("ticks", "{\"ticks\":[\"300\"]}");
        assertThat(started.awaitEnd(1).has("charts")).isFalse();
    }
}
