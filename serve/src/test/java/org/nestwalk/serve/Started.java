package org.nestwalk.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.labs.run.RunExperiment;
import org.nestwalk.lab.labs.vm.VmRunExperiment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server for a test, and requests byte by byte, so that they can be wrong in any way.
final class Started implements AutoCloseable {
    static final int PATIENCE_SECONDS = 3;

    static {
        System.setProperty("sun.net.httpserver.maxReqTime", Integer.toString(PATIENCE_SECONDS));
    }

    private static final int TIMEOUT = 20_000;

    private final Server server;

    Started(@Nullable Path results) {
        server =
                Server.start(
                        new Settings(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                results,
                                List.of(new Ticks(), new RunExperiment(), new VmRunExperiment()),
                                new TestNames(),
                                "1"));
    }

    /// As the command line has them.
    static final class TestNames implements Names {
        @Override
        public String command(Experiment.Spec spec) {
            return "nestwalk " + spec.name();
        }

        @Override
        public String parameter(Experiment.Spec spec, String name) {
            return "-" + "-" + name;
        }
    }

    /// What a request is answered with.
    record Reply(int status, Map<String, String> headers, String body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        String message() {
            return json().path("message").asString();
        }
    }

    Server server() {
        return server;
    }

    int port() {
        return server.port();
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(TIMEOUT);
        return socket;
    }

    /// The head of a request.
    String head(String method, String path, Map<String, String> headers) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Host", "127.0.0.1:" + port());
        all.putAll(headers);
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        all.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
        return text.append("\r\n").toString();
    }

    Reply send(String method, String path, Map<String, String> headers, byte[] body)
            throws IOException {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Connection", "close");
        if (method.equals("POST")) {
            all.putIfAbsent("Content-Length", Integer.toString(body.length));
        }
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(head(method, path, all).getBytes(StandardCharsets.UTF_8));
            try {
                out.write(body);
                out.flush();
            } catch (IOException e) {
                // It has heard enough.
                return reply(socket.getInputStream());
            }
            return reply(socket.getInputStream());
        }
    }

    private static Reply reply(InputStream in) throws IOException {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        assertThat(end).as(text).isPositive();
        List<String> lines = text.substring(0, end).lines().toList();
        Map<String, String> headers = new LinkedHashMap<>();
        lines.stream()
                .skip(1)
                .map(line -> line.split(": ", 2))
                .forEach(pair -> headers.put(pair[0].toLowerCase(Locale.ROOT), pair[1]));
        return new Reply(
                Integer.parseInt(lines.getFirst().split(" ", -1)[1]),
                headers,
                text.substring(end + 4));
    }

    Reply get(String path) throws IOException {
        return send("GET", path, Map.of(), new byte[0]);
    }

    Map<String, String> token() {
        return Map.of(Guard.TOKEN, server.token());
    }

    Reply post(String path, String body) throws IOException {
        return send("POST", path, token(), body.getBytes(StandardCharsets.UTF_8));
    }

    /// Starts a run.
    Reply start(String experiment, String values) throws IOException {
        return post(
                "/api/start",
                "{\"experiment\":\"%s\",\"values\":%s}".formatted(experiment, values));
    }

    /// Waits until a run has come to `phases`, and says how it is then.
    JsonNode await(int run, List<String> phases) throws IOException, InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            for (JsonNode state : get("/api/runs").json()) {
                if (state.get("id").asInt() == run
                        && phases.contains(state.get("phase").asString())) {
                    return state;
                }
            }
            Thread.sleep(20);
        }
        throw new AssertionError("run " + run + " never is " + phases + ": " + get("/api/runs"));
    }

    /// Waits until a run is over.
    JsonNode awaitEnd(int run) throws IOException, InterruptedException {
        return await(run, List.of("DONE", "CANCELLED", "REFUSED", "FAILED"));
    }

    @Override
    public void close() {
        server.close();
    }
}
