package org.nestwalk.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.serve.Started.Reply;

/// What is not meant for the server, or comes from elsewhere, is refused with a sentence, and the
/// server lives on.
@Timeout(60)
class RequestsTest {
    private static final byte[] NOTHING = new byte[0];

    private static Started started;

    @BeforeAll
    static void start() {
        started = new Started(null);
    }

    @AfterAll
    static void stop() {
        started.close();
    }

    @Test
    void pageAllowsItsOwnScriptsOnly() throws IOException {
        Reply page = started.get("/");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).contains(started.server().token()).doesNotContain("<script>");
        assertThat(page.headers().get("content-security-policy"))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'");
        assertThat(page.headers())
                .containsEntry("x-content-type-options", "nosniff")
                .containsEntry("cache-control", "no-store");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../../../etc/passwd",
                "/..%2f..%2f..%2fetc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/serve.js/../../etc/passwd",
                "/api",
                "/org/nestwalk/web/report.js",
                "/report?id=../../../../etc/passwd",
                "/report?id=%2e%2e%2fetc%2fpasswd",
                "/report",
                "/download?id=/etc/passwd&as=html",
                "/api/runs/events?id=..",
                "/api/runs/pages?id=99"
            })
    void pathsLeadNowhereButToWhatIsServed(String path) throws IOException {
        Reply reply = started.get(path);
        assertThat(reply.status()).as(path).isEqualTo(404);
        assertThat(reply.body()).doesNotContain("root:");
        assertThat(reply.message()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "127.0.0.1", "localhost:1", "evil.example:PORT", ""})
    void foreignHostIsRefused(String host) throws IOException {
        Reply reply =
                started.send(
                        "GET",
                        "/",
                        Map.of("Host", host.replace("PORT", Integer.toString(started.port()))),
                        NOTHING);
        assertThat(reply.status()).isEqualTo(421);
        assertThat(reply.body()).doesNotContain(started.server().token());
    }

    @Test
    void serverIsKnownByItsNames() throws IOException {
        for (String name : List.of("127.0.0.1", "localhost", "LocalHost")) {
            Reply reply =
                    started.send("GET", "/", Map.of("Host", name + ":" + started.port()), NOTHING);
            assertThat(reply.status()).as(name).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/start", "/api/cancel", "/api/upload"})
    void nothingStartsWithoutTheTokenOfThePage(String path) throws IOException {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        assertThat(started.send("POST", path, Map.of(), body).status()).isEqualTo(403);
        Reply wrong = started.send("POST", path, Map.of(Guard.TOKEN, "0".repeat(32)), body);
        assertThat(wrong.status()).isEqualTo(403);
        assertThat(wrong.message()).contains("load it again");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "null",
                "https://127.0.0.1:PORT",
                "http://localhost:1"
            })
    void pageOfAnotherSiteStartsNothing(String origin) throws IOException {
        Reply reply =
                started.send(
                        "POST",
                        "/api/start",
                        Map.of(
                                "Origin",
                                origin.replace("PORT", Integer.toString(started.port())),
                                Guard.TOKEN,
                                started.server().token()),
                        "{\"experiment\":\"ticks\",\"values\":{}}"
                                .getBytes(StandardCharsets.UTF_8));
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.headers()).doesNotContainKey("access-control-allow-origin");
    }

    /// It could keep all connections busy, though it cannot read what they bring.
    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site"})
    void pageOfAnotherSiteAsksForNothingButLinksLeadHere(String site) throws IOException {
        for (String path : List.of("/", "/api/runs", "/api/runs/events?id=1", "/report?id=1")) {
            assertThat(status(path, site, "no-cors")).as(path).isEqualTo(403);
        }
        assertThat(status("/", site, "navigate")).isEqualTo(200);
        assertThat(status("/", "same-origin", "cors")).isEqualTo(200);
        assertThat(status("/", "none", "navigate")).isEqualTo(200);
    }

    private static int status(String path, String site, String mode) throws IOException {
        Map<String, String> headers = Map.of("Sec-Fetch-Site", site, "Sec-Fetch-Mode", mode);
        return started.send("GET", path, headers, new byte[0]).status();
    }

    @Test
    void largeBodyIsRefused() throws IOException {
        Reply reply =
                started.send("POST", "/api/start", started.token(), new byte[Guard.MOST_BODY + 1]);
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.message()).contains("64 KiB");
        assertThat(started.get("/").status()).isEqualTo(200);
    }

    @Test
    void hugeBodyIsNotRead() throws IOException {
        Map<String, String> headers =
                Map.of("Content-Length", "9000000000", Guard.TOKEN, started.server().token());
        try (Socket socket = started.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(started.head("POST", "/api/start", headers).getBytes(StandardCharsets.UTF_8));
            byte[] block = new byte[1 << 20];
            int written = 0;
            try {
                for (; written < 200; written++) {
                    out.write(block);
                }
            } catch (IOException e) {
                // As it should: it listens no more.
            }
            assertThat(written).as("MiB that it took").isLessThan(100);
        }
        assertThat(started.get("/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "1", "\"run\"", "{\"experiment\":\"ticks\"", "\u0000"})
    void bodyThatIsNoObjectIsRefused(String body) throws IOException {
        Reply reply = started.post("/api/start", body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).contains("JSON");
    }

    @Test
    void otherMethodsAreRefused() throws IOException {
        for (String method : List.of("PUT", "DELETE", "OPTIONS", "TRACE", "POST")) {
            Reply reply = started.send(method, "/", started.token(), NOTHING);
            assertThat(reply.status()).as(method).isEqualTo(405);
            assertThat(reply.headers()).containsEntry("allow", "GET");
        }
        assertThat(started.get("/api/start").status()).isEqualTo(405);
    }

    @Test
    void slowClientsKeepNobodyWaitingAndAreLeft() throws IOException, InterruptedException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 30; i++) {
                Socket socket = started.connect();
                socket.getOutputStream()
                        .write(
                                "POST /api/start HTTP/1.1\r\nHost: "
                                        .getBytes(StandardCharsets.UTF_8));
                slow.add(socket);
            }
            long before = System.nanoTime();
            assertThat(started.get("/").status()).isEqualTo(200);
            assertThat((System.nanoTime() - before) / 1e9).isLessThan(2);
            for (int second = 0; second < Started.PATIENCE_SECONDS + 3; second++) {
                Thread.sleep(1_000);
                for (Socket socket : slow) {
                    try {
                        socket.getOutputStream().write('1');
                    } catch (IOException e) {
                        // It is left.
                        socket.setSoTimeout(1);
                    }
                }
            }
            for (Socket socket : slow) {
                assertThat(isLeft(socket)).isTrue();
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private static boolean isLeft(Socket socket) {
        try {
            socket.setSoTimeout(2_000);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void portInUseIsSaid() {
        assertThatThrownBy(() ->
                        Server.start(
                                new Settings(
                                        new InetSocketAddress(
                                                InetAddress.getLoopbackAddress(), started.port()),
                                        null,
                                        List.of(),
                                        new Started.TestNames(),
                                        "1")))
                .isInstanceOfSatisfying(
                        InputException.class, e -> assertThat(e.parameter()).isEqualTo("port"))
                .hasMessageContaining("127.0.0.1:" + started.port())
                .hasMessageContaining("another port");
    }
}
