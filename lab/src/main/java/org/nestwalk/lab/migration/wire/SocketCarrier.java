package org.nestwalk.lab.migration.wire;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;

/// A TCP connection. It does not block, so that both reading and writing can end in time; a
/// selector is asked only where there is nothing to do at once.
public final class SocketCarrier implements Carrier {
    private static final long MILLISECOND = 1_000_000;

    // Some round trips of a fast network: a thread that sleeps is woken more slowly than that.
    private static final long SPIN = Runtime.getRuntime().availableProcessors() > 1 ? 100_000 : 0;
    private static final long GOODBYE = 500 * MILLISECOND;

    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;
    private final String peer;
    private volatile long spin;

    /// Takes over `channel`, which is connected.
    ///
    /// @param peer who is there, for messages
    /// @throws BrokenWireException if it is not connected any more
    public SocketCarrier(SocketChannel channel, String peer) {
        this.channel = channel;
        this.peer = peer;
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            channel.configureBlocking(false);
            readable = Selector.open();
            writable = Selector.open();
            SelectionKey _ = channel.register(readable, SelectionKey.OP_READ);
            SelectionKey _ = channel.register(writable, SelectionKey.OP_WRITE);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    @Override
    public int read(ByteBuffer into, long nanoseconds) {
        try {
            int count = channel.read(into);
            if (count != 0 || nanoseconds <= 0 || !into.hasRemaining()) {
                return count;
            }
            count = spin(into, Math.min(nanoseconds, spin));
            if (count != 0) {
                return count;
            }
            await(readable, nanoseconds);
            return channel.read(into);
        } catch (IOException | ClosedSelectorException e) {
            throw broken(e);
        }
    }

    /// Reads again and again for a while, until something has come.
    private int spin(ByteBuffer into, long nanoseconds) throws IOException {
        long start = System.nanoTime();
        int count = 0;
        while (count == 0 && System.nanoTime() - start < nanoseconds) {
            Thread.onSpinWait();
            count = channel.read(into);
        }
        return count;
    }

    @Override
    public void hurry() {
        spin = SPIN;
    }

    @Override
    public void write(ByteBuffer[] parts, long nanoseconds) {
        try {
            long end = System.nanoTime() + nanoseconds;
            for (int done = written(parts, 0); done < parts.length; ) {
                if (channel.write(parts, done, parts.length - done) == 0) {
                    long left = end - System.nanoTime();
                    if (left <= 0) {
                        throw new BrokenWireException(
                                "%s has not taken a message for %,d ms"
                                        .formatted(peer, nanoseconds / MILLISECOND));
                    }
                    await(writable, left);
                }
                done = written(parts, done);
            }
        } catch (IOException | ClosedSelectorException e) {
            throw broken(e);
        }
    }

    /// How many of `parts`, of which the first `done` are written, are now.
    private static int written(ByteBuffer[] parts, int done) {
        int first = done;
        while (first < parts.length && !parts[first].hasRemaining()) {
            first++;
        }
        return first;
    }

    private static void await(Selector selector, long nanoseconds) throws IOException {
        int _ = selector.select(Math.max(1, (nanoseconds + MILLISECOND - 1) / MILLISECOND));
        selector.selectedKeys().clear();
    }

    private BrokenWireException broken(Exception cause) {
        String reason = cause.getMessage();
        return new BrokenWireException(
                "the connection to %s is broken (%s)"
                        .formatted(peer, reason == null ? "closed here" : reason),
                cause);
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public void close() {
        try (channel;
                readable;
                writable) {
            // What the other side has sent must be read, or the last message to it is lost.
            channel.shutdownOutput();
            ByteBuffer rest = ByteBuffer.allocate(1 << 16);
            long end = System.nanoTime() + GOODBYE;
            long left = GOODBYE;
            while (left > 0 && channel.isOpen()) {
                rest.clear();
                if (channel.read(rest) < 0) {
                    return;
                }
                if (rest.position() == 0) {
                    await(readable, left);
                }
                left = end - System.nanoTime();
            }
        } catch (IOException | ClosedSelectorException e) {
            // It is closed, one way or another.
        }
    }
}
