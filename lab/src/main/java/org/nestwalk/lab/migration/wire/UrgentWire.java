package org.nestwalk.lab.migration.wire;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.Wire;

/// A source's wire with a connection beside it for the pages that the guest waits for, as QEMU's
/// `postcopy-preempt` has one.
///
/// It is made when the target has answered for the first time, since it takes no connection that
/// belongs to no migration, and well before it is needed.
final class UrgentWire implements Wire {
    private final Wire wire;
    private final Supplier<FramedWire> connector;
    private @Nullable Long id;
    private @Nullable FramedWire urgent;
    private boolean closed;

    /// @param wire for everything else
    /// @param connector makes another connection
    UrgentWire(Wire wire, Supplier<FramedWire> connector) {
        this.wire = wire;
        this.connector = connector;
    }

    @Override
    public void send(Message message) {
        if (message instanceof Message.Offer offer) {
            id = offer.id();
        } else if (message instanceof Message.Resume resume) {
            id = resume.id();
        }
        wire.send(message);
    }

    @Override
    public @Nullable Message receive(long nanoseconds) {
        Message message = wire.receive(nanoseconds);
        if (id != null && urgent == null && isKnown(message)) {
            open(id);
        }
        return message;
    }

    /// Whether the target says that it knows the migration, and its guest may wait for pages.
    private static boolean isKnown(@Nullable Message message) {
        return message instanceof Message.Accepted || message instanceof Message.Running;
    }

    private void open(long id) {
        FramedWire beside = connector.get();
        synchronized (this) {
            urgent = beside;
            if (closed) {
                beside.close();
            }
        }
        beside.send(new Message.Join(id, Message.Join.URGENT));
        if (!(beside.receive(beside.limits().message().toNanos()) instanceof Message.Accepted)) {
            throw new BrokenWireException(
                    "the target does not take a connection for pages that its guest waits for");
        }
        beside.hurry();
    }

    @Override
    public synchronized @Nullable Wire urgent() {
        return urgent;
    }

    @Override
    public synchronized long sentBytes() {
        return wire.sentBytes() + (urgent == null ? 0 : urgent.sentBytes());
    }

    /// Pages that the guest has waited for, by how they were written.
    synchronized PageCounts sentPages() {
        return urgent == null ? PageCounts.NONE : urgent.sentPages();
    }

    @Override
    public void close() {
        Wire beside;
        synchronized (this) {
            closed = true;
            beside = urgent;
        }
        if (beside != null) {
            beside.close();
        }
        wire.close();
    }
}
