package org.nestwalk.lab.migration.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.PageBatch;
import org.nestwalk.hypervisor.migration.live.Wire;

/// Pages that go over several connections side by side.
@Timeout(60)
class ChannelsTest {
    private static final long SECOND = 1_000_000_000;
    private static final long ID = 7;
    private static final int CHANNELS = 2;

    /// A connection that passes pages on after a while.
    private record Slow(Carrier carrier, long nanoseconds) implements Carrier {
        @Override
        public int read(ByteBuffer into, long wait) {
            return carrier.read(into, wait);
        }

        @Override
        public void write(ByteBuffer[] parts, long wait) {
            // Of all messages' letters only those of PAGE begin with it.
            if (parts[0].get(0) == 'P') {
                LockSupport.parkNanos(nanoseconds);
            }
            carrier.write(parts, wait);
        }

        @Override
        public String peer() {
            return carrier.peer();
        }

        @Override
        public void close() {
            carrier.close();
        }
    }

    private static MigrationPort port() {
        return new MigrationPort(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new WireSettings(Wires.ALL, 64, CHANNELS, null, Wires.LIMITS),
                _ -> {});
    }

    private static FramedWire connect(MigrationPort port, int channels, long slowness) {
        try {
            SocketChannel channel =
                    SocketChannel.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port.port()));
            return FramedWire.greet(
                    new Slow(new SocketCarrier(channel, "the target"), slowness),
                    new Greeting(Role.SOURCE, false, Wires.ALL, 64, channels),
                    true,
                    Wires.LIMITS);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Message.Offer offer() {
        Message.Offer any = (Message.Offer) Wires.source(new Random(1), 0, 0).getFirst();
        return new Message.Offer(ID, any.settings(), "simulated");
    }

    private static Message hear(Wire wire) {
        return Objects.requireNonNull(wire.receive(10 * SECOND), "a message");
    }

    private static PageBatch version(int number) {
        PageBatch batch = new PageBatch();
        Wires.add(batch, 4096, new Random(number));
        return batch;
    }

    /// What a target hears up to [Message.Cancel], as texts; or why there was nothing more.
    private static CompletableFuture<List<String>> listen(MigrationPort port) {
        return CompletableFuture.supplyAsync(() -> {
            List<String> heard = new ArrayList<>();
            try (Wire wire = Objects.requireNonNull(port.accept(10 * SECOND), "a connection")) {
                while (true) {
                    Message message = hear(wire);
                    heard.add(Wires.text(message));
                    if (message instanceof Message.Offer) {
                        wire.send(new Message.Accepted());
                    } else if (message instanceof Message.Cancel) {
                        return heard;
                    }
                }
            } catch (BrokenWireException e) {
                heard.add("broken: " + e.getMessage());
                return heard;
            }
        });
    }

    /// What a target hears of two versions of a page in two rounds, whose first goes over a channel
    /// that is slower.
    private static List<String> twoVersions(boolean waits) {
        try (MigrationPort port = port()) {
            CompletableFuture<List<String>> heard = listen(port);
            AtomicInteger made = new AtomicInteger();
            IntFunction<FramedWire> another =
                    number -> connect(port, 1, number == 0 ? SECOND / 2 : 0);
            try (SourceChannels wire =
                    new SourceChannels(
                            connect(port, CHANNELS, 0),
                            () -> another.apply(made.getAndIncrement())) {
                        @Override
                        boolean waits() {
                            return waits;
                        }
                    }) {
                wire.send(offer());
                assertThat(hear(wire)).isEqualTo(new Message.Accepted());
                for (int round = 1; round <= 2; round++) {
                    wire.send(new Message.Pages(version(round)));
                    wire.send(new Message.EndOfRound(round));
                }
                LockSupport.parkNanos(waits ? 0 : SECOND);
                wire.send(new Message.Cancel("enough"));
                assertThat(made).hasValue(CHANNELS);
                return heard.join();
            }
        }
    }

    @Test
    void anOlderCopyOfAPageNeverComesAfterANewerOne() {
        assertThat(twoVersions(true))
                .filteredOn(text -> text.startsWith("Pages"))
                .containsExactly(
                        Wires.text(new Message.Pages(version(1))),
                        Wires.text(new Message.Pages(version(2))));
    }

    /// The fault that the wait is there for: it is what keeps them in order.
    @Test
    void withoutTheWaitForAllChannelsItDoes() {
        List<String> heard = twoVersions(false);
        assertThat(heard.indexOf(Wires.text(new Message.Pages(version(1)))))
                .isGreaterThan(heard.indexOf(Wires.text(new Message.Pages(version(2)))))
                .isNotNegative();
    }

    @Test
    void aStrangerCannotBringPages() {
        try (MigrationPort port = port()) {
            CompletableFuture<List<String>> heard = listen(port);
            try (FramedWire first = connect(port, CHANNELS, 0)) {
                first.send(offer());
                assertThat(hear(first)).isEqualTo(new Message.Accepted());
                for (Message.Join join :
                        List.of(new Message.Join(ID + 1, 1), new Message.Join(ID, CHANNELS + 1))) {
                    try (FramedWire stranger = connect(port, 1, 0)) {
                        stranger.send(join);
                        assertThat(hear(stranger)).as("%s", join).isEqualTo(new Message.Unknown());
                    }
                }
                try (FramedWire one = connect(port, 1, 0);
                        FramedWire again = connect(port, 1, 0)) {
                    one.send(new Message.Join(ID, 1));
                    assertThat(hear(one)).isEqualTo(new Message.Accepted());
                    again.send(new Message.Join(ID, 1));
                    assertThat(hear(again)).isEqualTo(new Message.Unknown());
                    // Nothing but pages is said over a channel for them.
                    one.send(new Message.Go());
                    assertThat(heard.join().getLast())
                            .contains("has said Go over a channel for pages");
                }
            }
        }
    }

    @Test
    void aChannelThatBreaksBreaksTheWireOnBothSides() {
        try (MigrationPort port = port()) {
            CompletableFuture<List<String>> heard = listen(port);
            List<FramedWire> made = new ArrayList<>();
            try (SourceChannels wire =
                    new SourceChannels(
                            connect(port, CHANNELS, 0),
                            () -> {
                                made.add(connect(port, 1, 0));
                                return made.getLast();
                            })) {
                wire.send(offer());
                assertThat(hear(wire)).isEqualTo(new Message.Accepted());
                wire.send(new Message.Pages(version(1)));
                made.getLast().close();
                Throwable thrown =
                        catchThrowable(() -> {
                            for (int round = 1; ; round++) {
                                wire.send(new Message.EndOfRound(round));
                                wire.send(new Message.Pages(version(round)));
                            }
                        });
                assertThat(thrown)
                        .isInstanceOf(BrokenWireException.class)
                        .hasMessageContaining("a channel for pages is broken: ");
                assertThat(heard.join().getLast()).startsWith("broken: ");
            }
        }
    }
}
