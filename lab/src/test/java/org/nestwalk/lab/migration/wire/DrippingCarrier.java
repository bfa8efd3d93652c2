package org.nestwalk.lab.migration.wire;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/// Gives a byte every few milliseconds, and then none, but stays.
final class DrippingCarrier implements Carrier {
    private static final long PAUSE = 2_000_000;

    private final ByteBuffer bytes;

    DrippingCarrier(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    @Override
    public int read(ByteBuffer into, long nanoseconds) {
        if (!bytes.hasRemaining()) {
            LockSupport.parkNanos(nanoseconds);
            return 0;
        }
        LockSupport.parkNanos(PAUSE);
        into.put(bytes.get());
        return 1;
    }

    @Override
    public void write(ByteBuffer[] parts, long nanoseconds) {
        for (ByteBuffer part : parts) {
            part.position(part.limit());
        }
    }

    @Override
    public String peer() {
        return "a slow one";
    }

    @Override
    public void close() {
        // There is nothing to end.
    }
}
