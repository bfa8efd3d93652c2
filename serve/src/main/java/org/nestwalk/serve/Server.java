package org.nestwalk.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.nestwalk.InputException;
import org.nestwalk.serve.Routes.Route;

/// Serves the page until it is closed: the JDK's own HTTP server, with a virtual thread for each
/// request.
public final class Server implements AutoCloseable {
    private static final int NO_CONTENT_LENGTH = -1;

    static {
        // Read once, by the JDK's server when its first instance is made.
        limit("sun.net.httpserver.maxReqTime", 60);
        limit("sun.net.httpserver.maxReqHeaders", 64);
        limit("sun.net.httpserver.maxReqHeaderSize", 32 << 10);
        limit("jdk.httpserver.maxConnections", 200);
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Path own;
    private final Runs runs;
    private final Guard guard;
    private final Routes routes;
    private final AtomicBoolean closed = new AtomicBoolean();

    private static void limit(String property, long value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Long.toString(value));
        }
    }

    private Server(Settings settings) throws IOException {
        http = HttpServer.create(settings.address(), 0);
        own = Files.createTempDirectory("nestwalk-serve");
        Path kept = settings.results();
        if (kept == null) {
            kept = Files.createDirectory(own.resolve("results"));
        }
        guard = new Guard(http.getAddress());
        Uploads uploads =
                new Uploads(Files.createDirectory(own.resolve("uploads")), Uploads.MOST_BYTES);
        Results results = new Results(kept);
        runs = new Runs(results, uploads, settings.names(), settings.version());
        routes = new Routes(settings, guard, runs, results, uploads);
        http.createContext("/", this::handle);
        http.setExecutor(threads);
        http.start();
    }

    /// Starts one.
    ///
    /// @throws InputException if it cannot listen there
    public static Server start(Settings settings) {
        InetSocketAddress address = settings.address();
        try {
            return new Server(settings);
        } catch (BindException e) {
            String where = "%s:%d".formatted(literal(address.getAddress()), address.getPort());
            throw InputException.of(
                    "port",
                    "nothing can listen at %s (%s); another server may be there: name another port, or 0 for any that is free"
                            .formatted(where, e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String literal(InetAddress address) {
        return Guard.literal(address);
    }

    /// The port at which it listens.
    public int port() {
        return http.getAddress().getPort();
    }

    /// The address of its page.
    public String url() {
        InetAddress address = http.getAddress().getAddress();
        String host =
                address.isAnyLocalAddress() || address.isLoopbackAddress()
                        ? "127.0.0.1"
                        : literal(address);
        return "http://%s:%d/".formatted(host, port());
    }

    /// What the page brings with what it asks for.
    String token() {
        return guard.token();
    }

    /// How many pages watch runs.
    int listeners() {
        return routes.listeners();
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // where it was started is where defects are read
    private void handle(HttpExchange exchange) {
        try (exchange) {
            Answer answer;
            try {
                guard.checkHost(exchange);
                Route route = routes.find(exchange);
                if (route.writes()) {
                    guard.checkWrite(exchange);
                }
                if (route.isStream()) {
                    common(exchange);
                    routes.stream(exchange);
                    return;
                }
                answer = route.answer(exchange);
            } catch (Refusal refusal) {
                answer = refusal.answer();
            } catch (NoSuchFileException e) {
                answer = new Refusal(404, "it is gone").answer();
            } catch (IOException | UncheckedIOException e) {
                // If who asked has gone, this goes nowhere.
                answer = new Refusal(500, "it cannot be read or kept: " + e.getMessage()).answer();
            } catch (RuntimeException e) {
                // A defect: said where the server was started, and it lives on.
                Defects.tell(e);
                answer = new Refusal(500, "a defect of Nestwalk: " + e).answer();
            }
            send(exchange, answer);
        } catch (IOException e) {
            // Who asked has gone.
        }
    }

    private static void common(HttpExchange exchange) {
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders().set("Cross-Origin-Resource-Policy", "same-origin");
        exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        common(exchange);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.getResponseHeaders()
                .set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = answer.body();
        exchange.sendResponseHeaders(
                answer.status(), body.length == 0 ? NO_CONTENT_LENGTH : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /// Cancels what runs, keeps what there is of it, and ends.
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        runs.close();
        http.stop(0);
        threads.shutdownNow();
        try (Stream<Path> files = Files.walk(own)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
