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
    private final Consumer<Message> heardAside;

    /// @param ended asked whenever something is waited for
    /// @param heard is shown what has come, before anybody else
    /// @param heardAside is shown, likewise, what a guest has waited for, and is not to take long:
    ///   by other threads at the same time
    WatchedWire(
            Wire wire,
            BooleanSupplier ended,
            Consumer<Message> heard,
            Consumer<Message> heardAside) {
        this.wire = wire;
        this.ended = ended;
        this.heard = heard;
        this.heardAside = heardAside;
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
        Wire aside = wire.urgent();
        return aside == null ? null : new WatchedWire(aside, () -> false, heardAside, heardAside);
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
