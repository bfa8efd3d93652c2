package org.nestwalk.lab.migration.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.Wire;

/// The other end of a source's wire: keeps each frame that is sent, and answers it as a script
/// says.
final class ScriptedTarget implements Carrier {
    private static final long PAUSE = 20_000;

    private final Function<String, byte @Nullable []> script;
    private final List<byte[]> frames = new ArrayList<>();
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
    private int read;
    private boolean gone;

    /// @param script the bytes that answer a frame of a tag; null for leaving
    ScriptedTarget(Function<String, byte @Nullable []> script) {
        this.script = script;
    }

    /// What a target says that has nothing against it.
    static byte[] honest(String tag) {
        List<Message> answers =
                switch (tag) {
                    case "OFFR", "JOIN" -> List.of(new Message.Accepted());
                    case "STAT" -> List.of(new Message.Ready());
                    case "GOGO" ->
                            List.of(
                                    new Message.Running(),
                                    new Message.Want(0, 16),
                                    new Message.Want(0x10000, 1),
                                    new Message.Done(1, 1000));
                    default -> List.of();
                };
        return Wires.bytes(Role.TARGET, answers, Wires.ALL);
    }

    /// A source's wire to it.
    FramedWire wire() {
        return wire(Wires.LIMITS);
    }

    /// A source's wire to it, with other limits.
    FramedWire wire(WireLimits limits) {
        return new FramedWire(this, Wires.agreed(Role.SOURCE, Wires.ALL), limits);
    }

    /// A wire that tells what is heard and said.
    static Wire telling(Wire wire, List<Message> heard, List<Message> said) {
        return new Wire() {
            @Override
            public void send(Message message) {
                said.add(message);
                wire.send(message);
            }

            @Override
            public @Nullable Message receive(long nanoseconds) {
                Message message = wire.receive(nanoseconds);
                if (message != null) {
                    heard.add(message);
                }
                return message;
            }

            @Override
            public @Nullable Wire urgent() {
                return wire.urgent();
            }

            @Override
            public long sentBytes() {
                return wire.sentBytes();
            }

            @Override
            public void close() {
                wire.close();
            }
        };
    }

    synchronized List<byte[]> frames() {
        return List.copyOf(frames);
    }

    @Override
    public int read(ByteBuffer into, long nanoseconds) {
        synchronized (this) {
            int count = Math.min(answers.size() - read, into.remaining());
            if (count > 0) {
                into.put(answers.toByteArray(), read, count);
                read += count;
                return count;
            }
            if (gone) {
                return -1;
            }
        }
        LockSupport.parkNanos(Math.min(PAUSE, Math.max(0, nanoseconds)));
        return 0;
    }

    @Override
    public synchronized void write(ByteBuffer[] parts, long nanoseconds) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (ByteBuffer part : parts) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            frame.writeBytes(bytes);
        }
        frames.add(frame.toByteArray());
        byte[] answer = script.apply(StillGuest.tag(frame.toByteArray()));
        if (answer == null) {
            gone = true;
        } else {
            answers.writeBytes(answer);
        }
    }

    @Override
    public String peer() {
        return "the other side";
    }

    @Override
    public synchronized void close() {
        gone = true;
    }
}
