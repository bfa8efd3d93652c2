package org.nestwalk.lab.migration.move;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.Wire;

/// A wire of which is watched what it brings, and which can be ended.
final class WatchedWire implements Wire {
    private final Wire wire;
    private final BooleanSupplier ended;
    private final Consumer<Message> heard;

    /// @param ended asked whenever something is waited for
    /// @param heard is shown what has come, before anybody else
    WatchedWire(Wire wire, BooleanSupplier ended, Consumer<Message> heard) {
        this.wire = wire;
        this.ended = ended;
        this.heard = heard;
    }

    @Override
    public void send(Message message) {
        wire.send(message);
    }

    @Override
    public @Nullable Message receive(long nanoseconds) {
        if (ended.getAsBoolean()) {
            throw new BrokenWireException("the user has ended it");
        }
        Message message = wire.receive(nanoseconds);
        if (message != null) {
            heard.accept(message);
        }
        return message;
    }

    @Override
    public @Nullable Wire urgent() {
        return wire.urgent();
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
