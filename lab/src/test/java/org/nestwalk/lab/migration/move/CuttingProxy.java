package org.nestwalk.lab.migration.move;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToLongFunction;

/// Stands between both sides, and cuts connections after so many bytes.
final class CuttingProxy implements AutoCloseable {
    static final IntToLongFunction NEVER = _ -> Long.MAX_VALUE;

    private final ServerSocket server;
    private final int target;
    private final IntToLongFunction forth;
    private final IntToLongFunction back;
    private final AtomicInteger connections = new AtomicInteger();

    /// @param target the port of the target
    /// @param forth bytes to the target after which a connection is cut, by its number from 0
    /// @param back bytes to the source after which it is
    CuttingProxy(int target, IntToLongFunction forth, IntToLongFunction back) throws IOException {
        this.target = target;
        this.forth = forth;
        this.back = back;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread _ = Thread.ofVirtual().start(this::serve);
    }

    int port() {
        return server.getLocalPort();
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket source = server.accept();
                int number = connections.getAndIncrement();
                Socket to = reach(source);
                to.setTcpNoDelay(true);
                source.setTcpNoDelay(true);
                Thread _ =
                        Thread.ofVirtual()
                                .start(() -> carry(source, to, forth.applyAsLong(number)));
                Thread _ =
                        Thread.ofVirtual().start(() -> carry(to, source, back.applyAsLong(number)));
            } catch (IOException e) {
                // The target is gone, or the test is over.
            }
        }
    }

    /// The target, or `source` hears at once that there is none.
    private Socket reach(Socket source) throws IOException {
        try {
            return new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException e) {
            source.close();
            throw e;
        }
    }

    private static void carry(Socket from, Socket to, long most) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] buffer = new byte[1 << 16];
            long left = most;
            while (left > 0) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    return;
                }
                out.write(buffer, 0, count);
                left -= count;
            }
        } catch (IOException e) {
            // The other direction has been cut.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
