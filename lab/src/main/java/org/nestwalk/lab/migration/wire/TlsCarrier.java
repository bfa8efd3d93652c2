package org.nestwalk.lab.migration.wire;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;

/// A connection within TLS, over any other.
public final class TlsCarrier implements Carrier {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final long GOODBYE = 500_000_000;

    private final Carrier carrier;
    private final SSLEngine engine;

    // Read from by the engine; what is between position and limit has come.
    private final ByteBuffer netIn;
    private final ByteBuffer plainIn;
    private final ByteBuffer netOut;
    private final int record;
    private final Object writing = new Object();

    /// Shakes hands.
    ///
    /// @param nanoseconds in which each step of the other side has to come
    /// @throws BrokenWireException if that fails, with why, as far as this side knows; `carrier` is
    ///   closed then
    public TlsCarrier(Carrier carrier, SSLEngine engine, long nanoseconds) {
        this.carrier = carrier;
        this.engine = engine;
        int packet = engine.getSession().getPacketBufferSize();
        netIn = ByteBuffer.allocateDirect(8 * packet).limit(0);
        netOut = ByteBuffer.allocateDirect(8 * packet);
        record = packet;
        plainIn = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).limit(0);
        try {
            handshake(nanoseconds);
        } catch (BrokenWireException e) {
            carrier.close();
            throw e;
        }
    }

    private void handshake(long nanoseconds) {
        try {
            engine.beginHandshake();
            while (true) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_WRAP -> wrap(NOTHING, nanoseconds);
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        if (!unwrap(nanoseconds)) {
                            throw new BrokenWireException(
                                    "%s has left the handshake of TLS".formatted(peer()));
                        }
                    }
                    case NEED_TASK -> runTasks();
                    case FINISHED, NOT_HANDSHAKING -> {
                        return;
                    }
                }
            }
        } catch (SSLException e) {
            throw refused(e);
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask();
                task != null;
                task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private BrokenWireException refused(SSLException cause) {
        try {
            // The other side is told why, if it still listens.
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                wrap(NOTHING, GOODBYE);
            }
        } catch (SSLException | BrokenWireException e) {
            cause.addSuppressed(e);
        }
        return new BrokenWireException(TlsProblem.of(cause, peer()), cause);
    }

    private void wrap(ByteBuffer from, long nanoseconds) throws SSLException {
        synchronized (writing) {
            long end = System.nanoTime() + nanoseconds;
            do {
                netOut.clear();
                SSLEngineResult result;
                do {
                    result = engine.wrap(from, netOut);
                    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                        runTasks();
                    }
                } while (result.getStatus() == SSLEngineResult.Status.OK
                        && from.hasRemaining()
                        && netOut.remaining() >= record);
                carrier.write(netOut.flip(), Math.max(0, end - System.nanoTime()));
                if (result.getStatus() == SSLEngineResult.Status.CLOSED && from.hasRemaining()) {
                    throw new BrokenWireException(
                            "the connection to %s is closed".formatted(peer()));
                }
            } while (from.hasRemaining());
        }
    }

    /// Unwraps one record into [#plainIn], which is empty.
    ///
    /// @return false if none has come in that time, or none will
    private boolean unwrap(long nanoseconds) throws SSLException {
        while (true) {
            plainIn.clear();
            SSLEngineResult result = engine.unwrap(netIn, plainIn);
            plainIn.flip();
            switch (result.getStatus()) {
                case OK -> {
                    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                        runTasks();
                    }
                    return true;
                }
                case CLOSED -> {
                    return false;
                }
                case BUFFER_UNDERFLOW -> {
                    netIn.compact();
                    int count = carrier.read(netIn, nanoseconds);
                    netIn.flip();
                    if (count <= 0) {
                        return false;
                    }
                }
                case BUFFER_OVERFLOW ->
                        throw new BrokenWireException(
                                "%s sends records of TLS that are too long".formatted(peer()));
            }
        }
    }

    @Override
    public int read(ByteBuffer into, long nanoseconds) {
        try {
            while (!plainIn.hasRemaining()) {
                if (!unwrap(nanoseconds)) {
                    return engine.isInboundDone() ? -1 : 0;
                }
                if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                    wrap(NOTHING, nanoseconds);
                }
            }
        } catch (SSLException e) {
            throw refused(e);
        }
        int count = Math.min(plainIn.remaining(), into.remaining());
        into.put(into.position(), plainIn, plainIn.position(), count);
        into.position(into.position() + count);
        plainIn.position(plainIn.position() + count);
        return count;
    }

    @Override
    public void write(ByteBuffer[] parts, long nanoseconds) {
        try {
            long end = System.nanoTime() + nanoseconds;
            for (ByteBuffer part : parts) {
                if (part.hasRemaining()) {
                    wrap(part, Math.max(0, end - System.nanoTime()));
                }
            }
        } catch (SSLException e) {
            throw new BrokenWireException(TlsProblem.of(e, peer()), e);
        }
    }

    @Override
    public void hurry() {
        carrier.hurry();
    }

    @Override
    public String peer() {
        return carrier.peer();
    }

    @Override
    public void close() {
        try {
            engine.closeOutbound();
            if (!engine.isOutboundDone()) {
                wrap(NOTHING, GOODBYE);
            }
        } catch (SSLException | BrokenWireException e) {
            // The other side has gone first.
        }
        carrier.close();
    }
}
