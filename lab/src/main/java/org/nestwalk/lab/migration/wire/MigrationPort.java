package org.nestwalk.lab.migration.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Listener;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.Wire;

/// Where sources connect to. Who connects is greeted, and hears what becomes of its first message,
/// whatever else goes on: an offer while another guest is on its way is refused, and the source of
/// that guest can come back over a new connection.
public final class MigrationPort implements Listener, AutoCloseable {
    // For the thread that takes connections to see that there are to be no more.
    private static final Duration MOMENT = Duration.ofSeconds(1);

    // Connections that have not said yet what they want, each with a thread.
    private static final int STRANGERS = 16;

    private final WireSettings settings;
    private final Consumer<String> problems;
    private final @Nullable Long only;
    private final ServerSocketChannel server;
    private final Semaphore strangers = new Semaphore(STRANGERS);
    private final SynchronousQueue<GuardedWire> arrived = new SynchronousQueue<>();
    private final Object lock = new Object();
    private final Thread acceptor;
    private @Nullable Long migration;
    private @Nullable GuardedWire current;
    private volatile boolean expectsPostCopy;

    /// Listens from now on.
    ///
    /// @param problems is told why connections come to nothing, in sentences without full stops, by
    ///   any thread
    /// @throws InputException of `listen` if nobody can listen there
    public MigrationPort(
            InetSocketAddress address, WireSettings settings, Consumer<String> problems) {
        this(address, settings, problems, null);
    }

    /// The same for the guest of one migration.
    ///
    /// @param only the migration's number; null for any
    public MigrationPort(
            InetSocketAddress address,
            WireSettings settings,
            Consumer<String> problems,
            @Nullable Long only) {
        this.settings = settings;
        this.problems = problems;
        this.only = only;
        try {
            server = ServerSocketChannel.open();
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(address, STRANGERS);
        } catch (IOException e) {
            throw InputException.of("listen", why(address, e));
        }
        acceptor = Thread.ofPlatform().daemon().name("migration port").start(this::greetAll);
    }

    private static String why(InetSocketAddress address, IOException e) {
        String message = String.valueOf(e.getMessage());
        String place = "%s:%d".formatted(address.getHostString(), address.getPort());
        if (message.contains("in use")) {
            return "%s is in use; choose another port, or 0 for one that is free".formatted(place);
        }
        return message.contains("Cannot assign")
                ? "%s is no address of this host".formatted(place)
                : "nobody can listen at %s (%s)".formatted(place, message);
    }

    /// The port that it listens at.
    public int port() {
        return server.socket().getLocalPort();
    }

    /// Whether the source that is connected may have its guest go on here before its memory is.
    public boolean expectsPostCopy() {
        return expectsPostCopy;
    }

    @Override
    public @Nullable Wire accept(long nanoseconds) {
        try {
            return arrived.poll(nanoseconds, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private void greetAll() {
        while (server.isOpen()) {
            try {
                strangers.acquireUninterruptibly();
                SocketChannel channel = server.accept();
                Thread _ =
                        Thread.ofPlatform()
                                .daemon()
                                .name("migration greeting")
                                .start(() -> greet(channel));
            } catch (IOException e) {
                strangers.release();
                if (server.isOpen()) {
                    problems.accept("a connection cannot be taken: " + e.getMessage());
                }
            }
        }
    }

    private void greet(SocketChannel channel) {
        Carrier carrier = null;
        try {
            carrier = new SocketCarrier(channel, String.valueOf(channel.getRemoteAddress()));
            SSLContext tls = settings.tls();
            if (tls != null) {
                carrier =
                        new TlsCarrier(
                                carrier,
                                TlsFiles.engine(tls, new Endpoint("", 0), false),
                                settings.limits().message().toNanos());
            }
            Greeting mine =
                    new Greeting(
                            Role.TARGET,
                            false,
                            settings.encodings(),
                            settings.cachePages(),
                            settings.channels());
            FramedWire wire = FramedWire.greet(carrier, mine, false, settings.limits());
            Message first = wire.receive(settings.limits().message().toNanos());
            if (first == null) {
                throw new BrokenWireException(carrier.peer() + " does not say what it wants");
            }
            introduce(wire, first);
        } catch (IOException | BrokenWireException e) {
            if (server.isOpen()) {
                problems.accept(String.valueOf(e.getMessage()));
            }
            if (carrier != null) {
                carrier.close();
            }
        } finally {
            strangers.release();
        }
    }

    private void introduce(FramedWire wire, Message first) {
        Message answer = null;
        boolean several = first instanceof Message.Offer && wire.agreed().channels() > 1;
        GuardedWire guarded =
                new GuardedWire(several ? new TargetChannels(wire) : wire, first, this::forget);
        GuardedWire before = null;
        synchronized (lock) {
            Long known = migration;
            switch (first) {
                case Message.Offer offer when only != null && offer.id() != only ->
                        answer = new Message.Refused("another guest is expected here");
                case Message.Offer offer when known == null -> migration = offer.id();
                case Message.Offer _ ->
                        answer = new Message.Refused("another guest is on its way here already");
                case Message.Resume(long id) when known != null && known == id -> before = current;
                case Message.Resume _ -> answer = new Message.Unknown();
                case Message.Join(long id, int channel) -> {
                    GuardedWire joined = current;
                    if (known != null
                            && known == id
                            && joined != null
                            && (channel == Message.Join.URGENT
                                    ? wire.agreed().postCopy() && joined.joinUrgent(wire)
                                    : joined.join(channel, wire))) {
                        return;
                    }
                    answer = new Message.Unknown();
                }
                default ->
                        throw new BrokenWireException(
                                "what has connected does not begin with an offer");
            }
            if (answer == null) {
                current = guarded;
                expectsPostCopy = wire.agreed().postCopy();
            }
        }
        if (answer != null) {
            wire.send(answer);
            wire.close();
            return;
        }
        if (before != null) {
            // Its source has given it up, whether that shows here or not.
            before.close();
        }
        handOver(guarded);
    }

    private void handOver(GuardedWire guarded) {
        try {
            boolean taken = false;
            while (!taken && server.isOpen() && !guarded.isClosed()) {
                taken = arrived.offer(guarded, 100, TimeUnit.MILLISECONDS);
            }
            if (!taken) {
                guarded.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            guarded.close();
        }
    }

    /// The guest that was offered was not taken: another one may be.
    private void forget() {
        synchronized (lock) {
            migration = null;
            current = null;
        }
    }

    /// Takes no more connections; those that were handed out stay.
    @Override
    public void close() {
        try {
            server.close();
            // The kernel keeps the port for as long as that thread is within accept.
            boolean _ = acceptor.join(MOMENT);
        } catch (IOException e) {
            problems.accept("the port cannot be closed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
