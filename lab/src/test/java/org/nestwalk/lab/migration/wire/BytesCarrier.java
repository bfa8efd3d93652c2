package org.nestwalk.lab.migration.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/// Keeps what is written, and lets bytes be read that are there from the beginning.
final class BytesCarrier implements Carrier {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final ByteBuffer toRead;
    private final int piece;

    /// @param toRead what the other side says before it goes
    /// @param piece the most bytes that come at once
    BytesCarrier(byte[] toRead, int piece) {
        this.toRead = ByteBuffer.wrap(toRead);
        this.piece = piece;
    }

    /// Says nothing.
    BytesCarrier() {
        this(new byte[0], 1);
    }

    byte[] written() {
        return written.toByteArray();
    }

    @Override
    public int read(ByteBuffer into, long nanoseconds) {
        if (!toRead.hasRemaining()) {
            return -1;
        }
        int count = Math.min(Math.min(piece, into.remaining()), toRead.remaining());
        into.put(toRead.slice(toRead.position(), count));
        toRead.position(toRead.position() + count);
        return count;
    }

    @Override
    public void write(ByteBuffer[] parts, long nanoseconds) {
        for (ByteBuffer part : parts) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            written.writeBytes(bytes);
        }
    }

    @Override
    public String peer() {
        return "the other side";
    }

    @Override
    public void close() {
        // There is nothing to end.
    }
}
