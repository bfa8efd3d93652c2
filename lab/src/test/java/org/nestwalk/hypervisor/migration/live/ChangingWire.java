package org.nestwalk.hypervisor.migration.live;

import org.jspecify.annotations.Nullable;

/// A wire on which what arrives may be changed.
record ChangingWire(Wire wire, Sides sides) implements Wire {
    @Override
    public void send(Message message) {
        wire.send(message);
    }

    @Override
    public @Nullable Message receive(long nanoseconds) {
        Message message = wire.receive(nanoseconds);
        return message == null ? null : sides.received(message);
    }

    @Override
    public long sentBytes() {
        return wire.sentBytes();
    }

    @Override
    public void close() {
        wire.close();
    }
}
