package org.nestwalk.lab.migration.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.PageBatch;
import org.nestwalk.hypervisor.migration.live.Wire;

/// A source's wire whose pages go over several connections side by side, each with a thread that
/// writes them, as QEMU's `multifd` does; all else goes over the first connection.
///
/// A page goes over one of them in a round. What is said after pages, such as that the round is
/// over, is said when the target has put away all pages of all channels: so that no older copy of a
/// page, on its way over one channel, can come after a newer one over another. Pages after the
/// state are those that the target asks for, and go over the first connection. If any channel
/// breaks before that, the wire is broken.
class SourceChannels implements Wire {
    // Batches of a channel: one that is written, and one that waits.
    private static final int ROOM = 2;

    private final FramedWire first;
    private final Supplier<FramedWire> connector;
    private final List<Channel> channels = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Long id;
    private boolean unsettled;
    private int round;
    private int next;
    private boolean closed;
    private @Nullable BrokenWireException failure;

    /// @param first the connection over which the guest is offered
    /// @param connector makes another one
    SourceChannels(FramedWire first, Supplier<FramedWire> connector) {
        this.first = first;
        this.connector = connector;
    }

    @Override
    public void send(Message message) {
        switch (message) {
            case Message.Pages(PageBatch batch) when id != null -> {
                if (channels.isEmpty()) {
                    open(id);
                }
                unsettled = true;
                pass(batch);
            }
            default -> {
                settle();
                if (message instanceof Message.Offer offer) {
                    id = offer.id();
                } else if (message instanceof Message.State) {
                    id = null;
                }
                first.send(message);
            }
        }
    }

    private void open(long id) {
        for (int i = 1; i <= first.agreed().channels(); i++) {
            FramedWire wire = connector.get();
            channels.add(new Channel(wire));
            wire.send(new Message.Join(id, i));
            Message answer = wire.receive(first.limits().message().toNanos());
            if (!(answer instanceof Message.Accepted)) {
                throw new BrokenWireException(
                        "the target does not take channel %d for pages".formatted(i));
            }
        }
        channels.forEach(Channel::start);
    }

    /// Copies a batch to a channel that has room, in turns.
    private void pass(PageBatch batch) {
        Channel free = null;
        lock.lock();
        try {
            while (free == null) {
                check();
                for (int i = 0; i < channels.size() && free == null; i++) {
                    Channel channel = channels.get((next + i) % channels.size());
                    free = channel.spare.isEmpty() ? null : channel;
                }
                if (free == null) {
                    changed.awaitUninterruptibly();
                }
            }
            next = (channels.indexOf(free) + 1) % channels.size();
            PageBatch copy = free.spare.removeLast();
            copy.set(batch);
            free.work.add(copy);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the target has put away all pages.
    private void settle() {
        if (unsettled) {
            unsettled = false;
            lock.lock();
            try {
                round++;
                changed.signalAll();
                while (waits() && channels.stream().anyMatch(channel -> channel.taken < round)) {
                    check();
                    changed.awaitUninterruptibly();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// Whether it waits at all.
    boolean waits() {
        return true;
    }

    /// @throws BrokenWireException if a channel is broken
    private void check() {
        if (failure != null) {
            throw new BrokenWireException(
                    "a channel for pages is broken: " + failure.getMessage(), failure);
        }
        if (closed) {
            throw new BrokenWireException("it is closed");
        }
    }

    @Override
    public @Nullable Message receive(long nanoseconds) {
        lock.lock();
        try {
            // Channels have done their work when the state has been sent.
            if (id != null) {
                check();
            }
        } finally {
            lock.unlock();
        }
        return first.receive(nanoseconds);
    }

    @Override
    public long sentBytes() {
        return first.sentBytes()
                + channels.stream().mapToLong(channel -> channel.wire.sentBytes()).sum();
    }

    /// Pages that were sent, by how they were written.
    PageCounts sentPages() {
        PageCounts all = first.sentPages();
        for (Channel channel : channels) {
            all = all.plus(channel.wire.sentPages());
        }
        return all;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        channels.forEach(channel -> channel.wire.close());
        first.close();
    }

    /// A connection for pages.
    private final class Channel {
        private final FramedWire wire;
        private final List<PageBatch> spare = new ArrayList<>();
        private final List<PageBatch> work = new ArrayList<>();
        private int taken;

        Channel(FramedWire wire) {
            this.wire = wire;
            for (int i = 0; i < ROOM; i++) {
                spare.add(new PageBatch());
            }
        }

        void start() {
            Thread _ = Thread.ofPlatform().daemon().name("migration channel").start(this::run);
        }

        private void run() {
            try {
                while (step()) {
                    // There is more.
                }
            } catch (BrokenWireException e) {
                fail(e);
            } catch (RuntimeException e) {
                fail(new BrokenWireException(String.valueOf(e.getMessage()), e));
            }
        }

        /// Sends a batch, or the end of a round when all of it has been sent.
        private boolean step() {
            PageBatch batch = null;
            int over = 0;
            lock.lock();
            try {
                while (!closed && work.isEmpty() && taken == round) {
                    changed.awaitUninterruptibly();
                }
                if (closed) {
                    return false;
                }
                if (work.isEmpty()) {
                    over = round;
                } else {
                    batch = work.removeFirst();
                }
            } finally {
                lock.unlock();
            }
            if (batch == null) {
                end(over);
            } else {
                wire.send(new Message.Pages(batch));
            }
            lock.lock();
            try {
                if (batch == null) {
                    taken = over;
                } else {
                    spare.add(batch);
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            return true;
        }

        private void end(int over) {
            wire.send(new Message.EndOfRound(over));
            Message answer = wire.receive(first.limits().message().toNanos());
            if (!(answer instanceof Message.Taken(int number) && number == over)) {
                throw new BrokenWireException(
                        answer == null
                                ? "the target has not put away its pages in time"
                                : "the target has said %s where it had to have put away round %d"
                                        .formatted(answer.getClass().getSimpleName(), over));
            }
        }

        private void fail(BrokenWireException why) {
            lock.lock();
            try {
                failure = failure == null ? why : failure;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
