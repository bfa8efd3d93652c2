package org.nestwalk.lab.migration.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.Wire;

/// Messages as frames over a [Carrier].
public final class FramedWire implements Wire {
    // Two lists of pages, so that one can be read while the next one comes.
    private static final int READ_AHEAD = 2 * (WireFormat.HEAD_BYTES + WireFormat.PAGES_BYTES);
    private static final int SMALL = 4096;
    private static final long MILLISECOND = 1_000_000;

    private final Carrier carrier;
    private final Role self;
    private final WireLimits limits;
    private final Greeting agreed;
    private final PageEncoder encoder;
    private final PageDecoder decoder;
    private final CRC32C sendCrc = new CRC32C();
    private final CRC32C receiveCrc = new CRC32C();
    // Who holds it encodes and sends; and decodes.
    private final Object sending = new Object();
    private final Object decoding = new Object();
    private volatile boolean closed;
    private ByteBuffer out = WireFormat.direct(SMALL);
    private final List<ByteBuffer> parts = new ArrayList<>();
    private volatile long sent;

    // What has come is between position and limit.
    private ByteBuffer in = WireFormat.direct(SMALL).limit(0);
    private long begun;
    private boolean isBegun;
    private long waited;

    /// A wire over `carrier` on which both sides have greeted.
    ///
    /// @param agreed what this side said, as far as the other one wants it, too
    FramedWire(Carrier carrier, Greeting agreed, WireLimits limits) {
        this.carrier = carrier;
        this.self = agreed.role();
        this.limits = limits;
        this.agreed = agreed;
        boolean sends = self == Role.SOURCE;
        encoder = new PageEncoder(sends ? agreed.encodings() : Set.of(), agreed.cachePages());
        decoder =
                new PageDecoder(sends ? Set.of() : agreed.encodings(), agreed.cachePages(), limits);
    }

    /// Has it received with the least delay, at the price of a processor that looks for messages
    /// for a moment after each of them.
    void hurry() {
        carrier.hurry();
    }

    /// What the other side can make this one wait.
    WireLimits limits() {
        return limits;
    }

    /// What was agreed on.
    Greeting agreed() {
        return agreed;
    }

    /// Says `mine`, and hears what the other side says.
    ///
    /// @param first whether this side speaks first; the other one answers with what both want
    /// @return a wire as was agreed on
    /// @throws BrokenWireException if the other side is none that can be talked to
    public static FramedWire greet(
            Carrier carrier, Greeting mine, boolean first, WireLimits limits) {
        if (first) {
            say(carrier, mine, limits);
        }
        Greeting other;
        try {
            other = Greeting.get(hear(carrier, limits), mine.role().other(), carrier.peer());
        } catch (BrokenWireException e) {
            if (!first) {
                // It can say what is wrong on its side, too.
                say(carrier, mine, limits);
            }
            throw e;
        }
        Greeting agreed = mine.with(other);
        if (!first) {
            say(carrier, agreed, limits);
        }
        return new FramedWire(carrier, agreed, limits);
    }

    private static ByteBuffer hear(Carrier carrier, WireLimits limits) {
        ByteBuffer buffer = WireFormat.direct(Greeting.BYTES);
        long end = System.nanoTime() + limits.message().toNanos();
        long left = end - System.nanoTime();
        int count = 0;
        while (buffer.hasRemaining() && count >= 0 && !Greeting.isForeign(buffer)) {
            if (left <= 0) {
                throw new BrokenWireException(
                        "%s has not said what it is for %,d ms"
                                .formatted(carrier.peer(), limits.message().toMillis()));
            }
            count = carrier.read(buffer, left);
            left = end - System.nanoTime();
        }
        return buffer.flip();
    }

    private static void say(Carrier carrier, Greeting greeting, WireLimits limits) {
        ByteBuffer buffer = WireFormat.direct(Greeting.BYTES);
        greeting.put(buffer);
        carrier.write(buffer.flip(), limits.message().toNanos());
    }

    @Override
    public void send(Message message) {
        synchronized (sending) {
            requireOpen();
            FrameTag tag = FrameTag.of(message);
            boolean pages = message instanceof Message.Pages;
            int most = pages ? WireFormat.PAGES_BYTES : MessageCode.most(message);
            if (out.capacity() < WireFormat.HEAD_BYTES + most) {
                out = WireFormat.direct(WireFormat.HEAD_BYTES + most);
            }
            out.clear().position(WireFormat.HEAD_BYTES);
            parts.clear();
            int checked;
            int length;
            if (message instanceof Message.Pages(var batch)) {
                checked = WireFormat.HEAD_BYTES + encoder.put(batch, out, parts);
                length = checked - WireFormat.HEAD_BYTES;
                for (ByteBuffer part : parts) {
                    length += part.remaining();
                }
            } else {
                MessageCode.put(message, out);
                checked = out.position();
                length = checked - WireFormat.HEAD_BYTES;
            }
            int crc = WireFormat.crc(sendCrc, out, WireFormat.HEAD_BYTES, checked);
            out.putInt(0, tag.code()).putInt(4, length).putInt(8, crc);
            out.putInt(12, WireFormat.crc(sendCrc, out, 0, 12));
            parts.addFirst(out.slice(0, checked));
            carrier.write(parts.toArray(ByteBuffer[]::new), limits.message().toNanos());
            sent += WireFormat.HEAD_BYTES + length;
        }
    }

    @Override
    public @Nullable Message receive(long nanoseconds) {
        long start = System.nanoTime();
        Message message = hear(nanoseconds);
        waited = message == null ? waited + System.nanoTime() - start : 0;
        if (waited > limits.idle().toNanos()) {
            throw new BrokenWireException(
                    "%s has said nothing for %,d ms"
                            .formatted(carrier.peer(), waited / MILLISECOND));
        }
        return message;
    }

    /// As [#receive], however long it has been silent.
    @Nullable Message hear(long nanoseconds) {
        long now = System.nanoTime();
        long end = now + Math.max(0, nanoseconds);
        while (true) {
            Message message = next();
            if (message != null) {
                isBegun = false;
                return message;
            }
            if (in.hasRemaining() && !isBegun) {
                isBegun = true;
                begun = now;
            }
            if (isBegun && now - begun > limits.message().toNanos()) {
                throw new BrokenWireException(
                        "%s has not ended a message that it began %,d ms ago"
                                .formatted(carrier.peer(), (now - begun) / MILLISECOND));
            }
            int count = read(end - now);
            now = System.nanoTime();
            if (count < 0) {
                throw new BrokenWireException(
                        "%s has closed the connection%s"
                                .formatted(
                                        carrier.peer(),
                                        in.hasRemaining() ? " in the middle of a message" : ""));
            }
            if (count == 0 && now - end >= 0) {
                return null;
            }
        }
    }

    private int read(long nanoseconds) {
        if (in.position() + in.remaining() == in.capacity() || !in.hasRemaining()) {
            in.compact();
        } else {
            int position = in.position();
            in.position(in.limit()).limit(in.capacity());
            int count = carrier.read(in, nanoseconds);
            in.limit(in.position()).position(position);
            return count;
        }
        int count = carrier.read(in, nanoseconds);
        in.flip();
        return count;
    }

    /// The message at the head of what has come; null if not all of it has.
    private @Nullable Message next() {
        if (in.remaining() < WireFormat.HEAD_BYTES) {
            return null;
        }
        int start = in.position();
        if (WireFormat.crc(receiveCrc, in, start, start + 12) != in.getInt(start + 12)) {
            throw new BrokenWireException("the head of a message is damaged");
        }
        FrameTag tag = FrameTag.of(in.getInt(start));
        int length = in.getInt(start + 4);
        int crc = in.getInt(start + 8);
        if (tag == null) {
            throw new BrokenWireException(
                    "%s sends a message 0x%08x, which is none"
                            .formatted(carrier.peer(), in.getInt(start)));
        }
        if (tag.from() == self) {
            throw new BrokenWireException(
                    "%s sends %s, which only %s does"
                            .formatted(carrier.peer(), tag.letters(), self.label()));
        }
        int most = most(tag);
        if (length < 0 || length > most) {
            throw new BrokenWireException(
                    "%s sends %s of %,d bytes; here are at most %,d taken"
                            .formatted(
                                    carrier.peer(),
                                    tag.letters(),
                                    Integer.toUnsignedLong(length),
                                    most));
        }
        if (in.remaining() < WireFormat.HEAD_BYTES + length) {
            makeRoom(WireFormat.HEAD_BYTES + length);
            return null;
        }
        int payload = start + WireFormat.HEAD_BYTES;
        int limit = in.limit();
        in.limit(payload + length).position(payload);
        Message message;
        if (tag == FrameTag.PAGES) {
            synchronized (decoding) {
                requireOpen();
                message = new Message.Pages(decoder.get(in, crc));
            }
        } else {
            if (WireFormat.crc(receiveCrc, in, payload, payload + length) != crc) {
                throw new BrokenWireException(
                        "message %s is damaged: its checksum is wrong".formatted(tag.letters()));
            }
            message = MessageCode.get(tag, in, limits);
        }
        in.limit(limit).position(payload + length);
        return message;
    }

    private int most(FrameTag tag) {
        return switch (tag) {
            case PAGES -> WireFormat.PAGES_BYTES;
            case STATE -> limits.frameBytes();
            default -> SMALL;
        };
    }

    /// Has room for a frame of `bytes`; no more than a few times what has come of long ones.
    private void makeRoom(int bytes) {
        if (bytes <= in.capacity()) {
            if (in.position() + bytes > in.capacity()) {
                in.compact().flip();
            }
            return;
        }
        int capacity =
                bytes <= READ_AHEAD
                        ? READ_AHEAD
                        : Math.min(bytes, Math.max(READ_AHEAD, 2 * in.remaining()));
        if (capacity > in.capacity()) {
            ByteBuffer larger = WireFormat.direct(capacity);
            in = larger.put(in).flip();
        }
    }

    @Override
    public long sentBytes() {
        return sent;
    }

    /// Pages that were sent, by how they were written.
    public PageCounts sentPages() {
        synchronized (sending) {
            return encoder.counts();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new BrokenWireException(
                    "the connection to %s was closed here".formatted(carrier.peer()));
        }
    }

    /// Closes it, also while other threads send and receive, which hear that it is broken.
    @Override
    public void close() {
        closed = true;
        carrier.close();
        synchronized (sending) {
            encoder.close();
        }
        synchronized (decoding) {
            decoder.close();
        }
    }
}
