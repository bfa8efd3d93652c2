package org.nestwalk.lab.migration.wire;

import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.Wire;

/// A target's wire whose pages come over several connections side by side ([SourceChannels]).
///
/// Each connection has a thread that reads and unpacks, and goes on when what it has brought has
/// been put away: so that a channel that comes to the end of a round can say that all of it has
/// been, and no more is held than one message of each. From the state on there is only the first
/// connection, which is read as if there had been no others.
final class TargetChannels implements Wire {
    private static final long LOOK = 100_000_000;

    private final FramedWire first;
    private final LinkedBlockingQueue<Brought> inbox = new LinkedBlockingQueue<>();
    private final BitSet joined = new BitSet();
    private @Nullable Brought current;
    private boolean reads;
    private volatile boolean over;
    private volatile boolean closed;

    /// What a connection has brought.
    ///
    /// @param message null if it is broken
    /// @param reason why it is
    /// @param done when it has been put away
    private record Brought(@Nullable Message message, String reason, CountDownLatch done) {}

    /// @param first the connection over which the guest is offered
    TargetChannels(FramedWire first) {
        this.first = first;
    }

    /// Takes a channel for pages, and says so.
    ///
    /// @return false if there is no such channel, or it is taken
    synchronized boolean join(int channel, FramedWire wire) {
        if (closed || over || channel > first.agreed().channels() || joined.get(channel)) {
            return false;
        }
        joined.set(channel);
        wire.send(new Message.Accepted());
        start(() -> readPages(wire));
        return true;
    }

    private static void start(Runnable reader) {
        Thread _ = Thread.ofPlatform().daemon().name("migration channel").start(reader);
    }

    private void readPages(FramedWire wire) {
        try {
            while (!closed && !over) {
                Message message = wire.hear(LOOK);
                switch (message) {
                    case null -> {
                        // The others have more to say.
                    }
                    case Message.Pages _ -> bring(message);
                    case Message.EndOfRound(int round) -> wire.send(new Message.Taken(round));
                    default ->
                            throw new BrokenWireException(
                                    "the source has said %s over a channel for pages"
                                            .formatted(message.getClass().getSimpleName()));
                }
            }
        } catch (BrokenWireException e) {
            fail(e);
        } finally {
            wire.close();
        }
    }

    private void readFirst() {
        try {
            Message message = null;
            while (!closed && !(message instanceof Message.State)) {
                message = first.hear(LOOK);
                if (message != null) {
                    bring(message);
                }
            }
        } catch (BrokenWireException e) {
            fail(e);
        }
    }

    /// Waits until a message has been put away.
    private void bring(Message message) {
        Brought brought = new Brought(message, "", new CountDownLatch(1));
        inbox.add(brought);
        try {
            boolean done = false;
            while (!done && !closed && !over) {
                done = brought.done.await(LOOK, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void fail(BrokenWireException why) {
        if (!over) {
            inbox.add(new Brought(null, String.valueOf(why.getMessage()), new CountDownLatch(0)));
        }
    }

    @Override
    public void send(Message message) {
        first.send(message);
    }

    @Override
    public @Nullable Message receive(long nanoseconds) {
        Brought before = current;
        current = null;
        if (before != null) {
            before.done.countDown();
        }
        if (over) {
            return first.receive(nanoseconds);
        }
        if (!reads) {
            reads = true;
            start(this::readFirst);
        }
        Brought brought;
        try {
            brought = inbox.poll(nanoseconds, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        if (brought == null) {
            return null;
        }
        Message message = brought.message;
        if (message == null) {
            throw new BrokenWireException(brought.reason);
        }
        over = message instanceof Message.State;
        current = brought;
        return message;
    }

    @Override
    public long sentBytes() {
        return first.sentBytes();
    }

    @Override
    public synchronized void close() {
        closed = true;
        first.close();
    }
}
