package org.nestwalk.lab.migration.wire;

import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.Wire;

/// A wire whose first message has been looked at, and which ends when what it offers is refused.
final class GuardedWire implements Wire {
    private final Wire wire;
    private final Runnable refused;
    private @Nullable Message first;
    private volatile boolean closed;
    private volatile boolean over;
    private volatile @Nullable FramedWire urgent;

    /// @param refused is run when a [Message.Refused] is sent
    GuardedWire(Wire wire, Message first, Runnable refused) {
        this.wire = wire;
        this.first = first;
        this.refused = refused;
    }

    @Override
    public void send(Message message) {
        if (message instanceof Message.Refused) {
            over = true;
            refused.run();
        }
        wire.send(message);
    }

    @Override
    public @Nullable Message receive(long nanoseconds) {
        if (closed) {
            throw new BrokenWireException("another connection has taken its place");
        }
        if (over) {
            throw new BrokenWireException("what was offered was refused");
        }
        Message message = first;
        if (message != null) {
            first = null;
            return message;
        }
        return wire.receive(nanoseconds);
    }

    /// Takes a channel for pages beside it.
    ///
    /// @return whether it may be
    boolean join(int channel, FramedWire pages) {
        return !closed && !over && wire instanceof TargetChannels all && all.join(channel, pages);
    }

    /// Takes a way for pages that the guest waits for beside it, and says so.
    ///
    /// @return false if there is one, or can be none
    synchronized boolean joinUrgent(FramedWire pages) {
        if (closed || over || urgent != null) {
            return false;
        }
        pages.send(new Message.Accepted());
        pages.hurry();
        urgent = pages;
        return true;
    }

    @Override
    public @Nullable Wire urgent() {
        return urgent;
    }

    @Override
    public long sentBytes() {
        FramedWire beside = urgent;
        return wire.sentBytes() + (beside == null ? 0 : beside.sentBytes());
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        Wire beside;
        synchronized (this) {
            closed = true;
            beside = urgent;
        }
        wire.close();
        if (beside != null) {
            beside.close();
        }
    }
}
