package org.nestwalk.hypervisor.migration.live.link;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Connector;
import org.nestwalk.hypervisor.migration.live.Listener;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.PageBatch;
import org.nestwalk.hypervisor.migration.live.Wire;

/// Two hosts and a link in virtual time, over which one connects to the other, again and again if
/// connections are cut. Deterministic.
public final class SimulatedNetwork implements Connector, Listener {
    private final VirtualTime time;
    private final LinkSettings link;
    private final List<Cut> cuts;
    private final Consumer<Message> observer;
    private final Deque<Connection> arriving = new ArrayDeque<>();
    private final List<PageBatch> spare = new ArrayList<>();
    private int connections;
    private long downUntil;
    private long messages;

    /// @param cuts of the first connection, the second, and so on; others are not cut
    /// @param observer is shown each message as it is sent, whether it arrives or not
    public SimulatedNetwork(
            VirtualTime time, LinkSettings link, List<Cut> cuts, Consumer<Message> observer) {
        this.time = time;
        this.link = link;
        this.cuts = List.copyOf(cuts);
        this.observer = observer;
    }

    /// Connections made so far.
    public int connections() {
        return connections;
    }

    @Override
    public Wire connect(long nanoseconds) {
        long deadline = time.now() + nanoseconds;
        if (downUntil > time.now()) {
            long up = Math.min(downUntil, deadline);
            time.await(() -> up);
        }
        time.sleep(2 * link.latency());
        if (time.now() > deadline || downUntil > time.now()) {
            throw new BrokenWireException("the target cannot be reached");
        }
        Cut cut = connections < cuts.size() ? cuts.get(connections) : Cut.NEVER;
        connections++;
        Connection made = new Connection(cut);
        arriving.add(made);
        return made.source;
    }

    @Override
    public @Nullable Wire accept(long nanoseconds) {
        long deadline = time.now() + nanoseconds;
        time.await(() -> arriving.isEmpty() ? deadline : Math.min(deadline, time.now()));
        Connection next = arriving.poll();
        return next == null ? null : next.target;
    }

    /// Bytes of a message: about what an encoding makes of it.
    static long bytes(Message message) {
        return switch (message) {
            case Message.Pages(PageBatch batch) -> {
                long bytes = 16;
                for (int i = 0; i < batch.size(); i++) {
                    bytes += batch.isZero(i) ? 17 : 4096 + 16;
                }
                yield bytes;
            }
            case Message.State state -> 32 + state.state().length + 8L * state.missing().length;
            default -> 32;
        };
    }

    /// A message on its way.
    private record Sent(Message message, long arrival) {}

    /// A connection, and when it was cut.
    private final class Connection {
        private final Cut cut;
        private final End source;
        private final End target;
        private long passed;
        private long passedBytes;
        private long brokenAt = Long.MAX_VALUE;

        Connection(Cut cut) {
            this.cut = cut;
            source = new End(this, cut.sourceNotices());
            target = new End(this, cut.targetNotices());
        }

        End other(End end) {
            return end == source ? target : source;
        }

        /// Whether a message gets through; if not, all is over `at` that time.
        boolean passes(long bytes, long at) {
            passed++;
            passedBytes += bytes;
            if (brokenAt == Long.MAX_VALUE
                    && (passed > cut.messages() || passedBytes > cut.bytes())) {
                brokenAt = at;
                downUntil = Math.max(downUntil, at + cut.down());
            }
            return at < brokenAt;
        }
    }

    /// One end of a connection.
    private final class End implements Wire {
        private final Connection connection;
        private final long notices;
        private final Deque<Sent> incoming = new ArrayDeque<>();
        private long free;
        private long lastArrival;
        private long sentBytes;
        private boolean closed;
        private @Nullable PageBatch lent;

        End(Connection connection, long notices) {
            this.connection = connection;
            this.notices = notices;
        }

        /// When this side finds out that it is over.
        private long noticed() {
            long cut =
                    connection.brokenAt == Long.MAX_VALUE
                            ? Long.MAX_VALUE
                            : connection.brokenAt + notices;
            End other = connection.other(this);
            long left = other.closed ? other.lastArrival + link.latency() : Long.MAX_VALUE;
            return Math.min(cut, left);
        }

        private void requireOpen() {
            if (closed || noticed() <= time.now()) {
                throw new BrokenWireException("the connection is broken");
            }
        }

        @Override
        public void send(Message message) {
            requireOpen();
            observer.accept(message);
            long bytes = bytes(message);
            free = link.sent(Math.max(free, time.now()), (double) bytes);
            sentBytes += bytes;
            lastArrival = Math.max(lastArrival, free + link.latency() + link.delay(messages++));
            if (connection.passes(bytes, free)) {
                connection.other(this).incoming.add(new Sent(copy(message), lastArrival));
            }
            time.await(() -> free);
        }

        @Override
        public @Nullable Message receive(long nanoseconds) {
            giveBack();
            long deadline = time.now() + nanoseconds;
            time.await(() -> Math.min(deadline, Math.min(noticed(), nextArrival())));
            if (nextArrival() <= time.now()) {
                Message message = incoming.remove().message();
                lent = message instanceof Message.Pages(PageBatch batch) ? batch : null;
                return message;
            }
            requireOpen();
            return null;
        }

        /// When the next message comes that was not lost on its way.
        private long nextArrival() {
            Sent next = incoming.peek();
            return next == null || next.arrival() > connection.brokenAt
                    ? Long.MAX_VALUE
                    : next.arrival();
        }

        private Message copy(Message message) {
            if (!(message instanceof Message.Pages(PageBatch batch))) {
                return message;
            }
            PageBatch copy = spare.isEmpty() ? new PageBatch() : spare.removeLast();
            copy.set(batch);
            return new Message.Pages(copy);
        }

        private void giveBack() {
            if (lent != null) {
                spare.add(lent);
                lent = null;
            }
        }

        @Override
        public long sentBytes() {
            return sentBytes;
        }

        @Override
        public void close() {
            if (!closed) {
                giveBack();
                lastArrival = Math.max(lastArrival, time.now());
                closed = true;
            }
        }
    }
}
