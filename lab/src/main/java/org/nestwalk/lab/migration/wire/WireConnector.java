package org.nestwalk.lab.migration.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Connector;
import org.nestwalk.hypervisor.migration.live.Wire;

/// Connects a source to its target, by TCP or TLS.
public final class WireConnector implements Connector {
    private static final long PAUSE = 100_000_000;
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Endpoint target;
    private final InetSocketAddress address;
    private final WireSettings settings;
    private final boolean postCopy;
    private PageCounts before = PageCounts.NONE;
    private Supplier<PageCounts> last = () -> PageCounts.NONE;

    /// @param address of `target`
    /// @param postCopy whether the guest may go on over there before its memory is there
    public WireConnector(
            Endpoint target, InetSocketAddress address, WireSettings settings, boolean postCopy) {
        this.target = target;
        this.address = address;
        this.settings = settings;
        this.postCopy = postCopy;
    }

    @Override
    public Wire connect(long nanoseconds) {
        long end = System.nanoTime() + nanoseconds;
        while (true) {
            try {
                return complete(
                        connectOnce(
                                Math.max(1, end - System.nanoTime()),
                                settings.channels(),
                                settings.limits()));
            } catch (UnreachableException e) {
                // It may not listen yet, or not be back yet.
                if (System.nanoTime() + PAUSE - end >= 0) {
                    throw new BrokenWireException(String.valueOf(e.getMessage()), e);
                }
                LockSupport.parkNanos(PAUSE);
            }
        }
    }

    /// A wire with the connections beside it that were agreed on.
    private Wire complete(FramedWire first) {
        before = counts();
        Wire wire = first;
        last = first::sentPages;
        if (first.agreed().channels() > 1) {
            SourceChannels channels = new SourceChannels(first, () -> another(settings.limits()));
            last = channels::sentPages;
            wire = channels;
        }
        if (!postCopy) {
            return wire;
        }
        // A guest that needs nothing for hours is none that has gone.
        UrgentWire all = new UrgentWire(wire, () -> another(settings.limits().withIdle(FOREVER)));
        Supplier<PageCounts> others = last;
        last = () -> others.get().plus(all.sentPages());
        return all;
    }

    /// Nobody is there.
    private static final class UnreachableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreachableException(Endpoint target, IOException cause) {
            super("%s cannot be reached (%s)".formatted(target, cause.getMessage()), cause);
        }
    }

    /// Pages that were sent over all connections, by how they were written.
    public PageCounts counts() {
        return before.plus(last.get());
    }

    /// One connection more.
    private FramedWire another(WireLimits limits) {
        try {
            return connectOnce(limits.message().toNanos(), 1, limits);
        } catch (UnreachableException e) {
            throw new BrokenWireException(String.valueOf(e.getMessage()), e);
        }
    }

    private FramedWire connectOnce(long nanoseconds, int channels, WireLimits limits)
            throws UnreachableException {
        SocketChannel channel = open(nanoseconds);
        Carrier carrier = new SocketCarrier(channel, target.toString());
        try {
            SSLContext tls = settings.tls();
            if (tls != null) {
                carrier =
                        new TlsCarrier(
                                carrier,
                                TlsFiles.engine(tls, target, true),
                                settings.limits().message().toNanos());
            }
            Greeting mine =
                    new Greeting(
                            Role.SOURCE,
                            postCopy,
                            settings.encodings(),
                            settings.cachePages(),
                            channels);
            return FramedWire.greet(carrier, mine, true, limits);
        } catch (BrokenWireException e) {
            carrier.close();
            throw e;
        }
    }

    private SocketChannel open(long nanoseconds) throws UnreachableException {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            int millis = Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanoseconds), 1, 1 << 30);
            channel.socket().connect(address, millis);
            return channel;
        } catch (IOException e) {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException close) {
                e.addSuppressed(close);
            }
            throw new UnreachableException(target, e);
        }
    }
}
