package org.nestwalk.hypervisor.migration.live;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What a source says to its target and hears from it, over one connection after the other.
final class SourceWire {
    private final Connector connector;
    private final LongSupplier clock;
    private final Patience patience;
    private @Nullable Wire wire;
    private long sentBefore;
    private long heard;

    SourceWire(Connector connector, LongSupplier clock, Patience patience) {
        this.connector = connector;
        this.clock = clock;
        this.patience = patience;
    }

    /// Connects, in place of the connection before.
    ///
    /// @param nanoseconds to try
    /// @throws BrokenWireException if there is none in that time
    void connect(long nanoseconds) {
        close();
        wire = connector.connect(nanoseconds);
    }

    /// The way for pages that a guest waits for, of the connection that there is.
    @Nullable Wire urgent() {
        return wire == null ? null : wire.urgent();
    }

    boolean isOpen() {
        return wire != null;
    }

    /// Whether the other side was last heard so long ago that nobody tries any more.
    boolean isHopeless() {
        return untilHopeless() <= 0;
    }

    long untilHopeless() {
        return heard + patience.reconnect() - clock.getAsLong();
    }

    /// Begins to count that time.
    void hope() {
        heard = clock.getAsLong();
    }

    /// Sends a message.
    ///
    /// @throws BrokenWireException if the connection is broken, or there is none
    void send(Message message) {
        Wire open = open();
        try {
            open.send(message);
        } catch (BrokenWireException e) {
            close();
            throw e;
        }
    }

    /// The next message, waited for as long as an answer may take.
    ///
    /// @throws BrokenWireException if none comes
    Message await() {
        Message message = receive(patience.answer());
        if (message == null) {
            close();
            throw new BrokenWireException("the target has not answered in time");
        }
        return message;
    }

    /// The next message, if one is there.
    ///
    /// @throws BrokenWireException if the connection is broken
    @Nullable Message poll() {
        return receive(0);
    }

    private @Nullable Message receive(long nanoseconds) {
        Wire open = open();
        try {
            Message message = open.receive(nanoseconds);
            if (message != null) {
                heard = clock.getAsLong();
            }
            return message;
        } catch (BrokenWireException e) {
            close();
            throw e;
        }
    }

    private Wire open() {
        if (wire == null) {
            throw new BrokenWireException("there is no connection to the target");
        }
        return wire;
    }

    /// Bytes sent over all connections.
    long sentBytes() {
        return sentBefore + (wire == null ? 0 : wire.sentBytes());
    }

    void close() {
        if (wire != null) {
            sentBefore += wire.sentBytes();
            wire.close();
            wire = null;
        }
    }
}
