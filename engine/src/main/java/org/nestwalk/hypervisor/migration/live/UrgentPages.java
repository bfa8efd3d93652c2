package org.nestwalk.hypervisor.migration.live;

/// Serves pages that the target's guest waits for, on a thread of its own: such a page is read and
/// sent at once, whatever else is being read and sent ([Wire#urgent]).
final class UrgentPages implements AutoCloseable {
    private static final long LOOK = 1_000_000_000;

    private final Wire wire;
    private final LeftPages left;
    private final PageBatch batch = new PageBatch();
    private volatile boolean closed;

    /// Begins.
    UrgentPages(Wire wire, LeftPages left) {
        this.wire = wire;
        this.left = left;
        Thread _ = Thread.ofPlatform().daemon().name("migration urgent pages").start(this::run);
    }

    private void run() {
        try {
            while (!closed) {
                Message message = wire.receive(LOOK);
                if (message instanceof Message.Want want) {
                    serve(want);
                } else if (message != null) {
                    throw new BrokenWireException(
                            "the target has said %s where it asks for pages only"
                                    .formatted(message.getClass().getSimpleName()));
                }
            }
        } catch (RuntimeException e) {
            // The target sees that it is broken, and connects all of it again; what stands in the
            // way of reading the guest's memory stands in the way of the other pages, too, and is
            // said there.
            wire.close();
        }
    }

    private void serve(Message.Want want) {
        left.read(want, batch);
        if (batch.size() > 0) {
            wire.send(new Message.Pages(batch));
        }
    }

    @Override
    public void close() {
        closed = true;
        wire.close();
    }
}
