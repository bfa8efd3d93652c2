package org.nestwalk.serve;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import org.nestwalk.document.json.Json;

/// Tells a page how far a run is, as server-sent events (HTML Standard, section 9.2), until the run
/// is over or nobody listens.
final class Events {
    private static final int MOST_LISTENERS = 64;
    private static final long HEARTBEAT_MILLISECONDS = 2_000;
    private static final long LEAST_MILLISECONDS = 100;
    private static final String BEAT = ":\n\n";

    private final Semaphore listeners = new Semaphore(MOST_LISTENERS);

    /// How many listen now.
    int listeners() {
        return MOST_LISTENERS - listeners.availablePermits();
    }

    /// Answers a request with the events of `run`.
    ///
    /// @throws IOException if the listener has gone
    void tell(HttpExchange exchange, Run run) throws IOException {
        if (!listeners.tryAcquire()) {
            throw new Refusal(503, "too many pages watch runs; close some");
        }
        run.watched(true);
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                tell(out, run);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            run.watched(false);
            listeners.release();
        }
    }

    private static void tell(OutputStream out, Run run) throws IOException, InterruptedException {
        long seen = -1;
        while (true) {
            long version = run.version();
            RunState state = run.state();
            write(out, version == seen ? BEAT : "data: " + Json.line(state) + "\n\n");
            seen = version;
            if (state.phase().isLast()) {
                return;
            }
            Thread.sleep(LEAST_MILLISECONDS);
            run.await(seen, HEARTBEAT_MILLISECONDS);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
