package org.nestwalk.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Many requests are all answered, and nothing is left of them in memory.
class LoadTest {
    private static final int CLIENTS = 8;
    private static final long MOST_LEFT = 16L << 20;
    private static final int HEAD = 2_048;

    @Test
    @Timeout(60)
    void requestsLeaveNothingInMemory() throws Exception {
        assertServes(10_000, 0);
    }

    @Test
    @Timeout(120)
    @EnabledIfSystemProperty(named = "nestwalk.long", matches = "true")
    void tenThousandRequestsASecondForTenSecondsAreServed() throws Exception {
        assertServes(100_000, 10_000);
    }

    /// @param rate requests a second that it has to serve; 0 for any
    private static void assertServes(int requests, int rate) throws Exception {
        try (Started started = new Started(null)) {
            run(started, requests / 10);
            long before = used();
            long start = System.nanoTime();
            run(started, requests);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf("%d requests in %.1f s%n", requests, seconds);
            assertThat(used() - before).as("bytes left").isLessThan(MOST_LEFT);
            assertThat(requests / seconds).isGreaterThan(rate);
        }
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static void run(Started started, int requests)
            throws InterruptedException, ExecutionException {
        byte[] request =
                started.head("GET", "/api/runs", Map.of()).getBytes(StandardCharsets.UTF_8);
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<Integer>> answered = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                answered.add(threads.submit(() -> client(started, request, requests / CLIENTS)));
            }
            int all = 0;
            for (Future<Integer> one : answered) {
                all += one.get();
            }
            assertThat(all).isEqualTo(requests / CLIENTS * CLIENTS);
        }
    }

    /// Asks so many times over one connection, and returns how often that was answered.
    private static int client(Started started, byte[] request, int times) throws IOException {
        int answered = 0;
        try (Socket socket = started.connect()) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[HEAD];
            for (int i = 0; i < times; i++) {
                out.write(request);
                int length = 0;
                // The body is an empty list.
                while (length < 4 || answer[length - 2] != '[' || answer[length - 1] != ']') {
                    int read = in.read(answer, length, HEAD - length);
                    assertThat(read).isPositive();
                    length += read;
                }
                if (new String(answer, 0, 12, StandardCharsets.US_ASCII).endsWith("200")) {
                    answered++;
                }
            }
        }
        return answered;
    }
}
