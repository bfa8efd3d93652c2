package org.nestwalk.traces.record;

import java.io.IOException;
import java.io.InputStream;
import org.nestwalk.InputException;
import org.nestwalk.traces.format.LittleEndian;

/// Packets as they arrive on a pipe: waits for no more than the one that is asked for.
final class PacketInput implements AutoCloseable {
    private static final int SIZE = 1 << 16;

    /// The window's bytes.
    final byte[] buffer = new byte[SIZE];

    /// Index of the next byte.
    int position;

    private final InputStream pipe;
    private int limit;

    PacketInput(InputStream pipe) {
        this.pipe = pipe;
    }

    /// Whether `bytes`, at most 64 KiB, are there, after waiting for them; false at the end.
    boolean has(int bytes) {
        if (limit - position >= bytes) {
            return true;
        }
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
        try {
            while (limit < bytes) {
                int n = pipe.read(buffer, limit, SIZE - limit);
                if (n < 0) {
                    return false;
                }
                limit += n;
            }
            return true;
        } catch (IOException e) {
            throw new InputException("the recorder's pipe cannot be read: " + e.getMessage(), e);
        }
    }

    /// The 64-bit number at index `at` of the window.
    long word(int at) {
        return LittleEndian.u64(buffer, at);
    }

    @Override
    public void close() {
        try {
            pipe.close();
        } catch (IOException e) {
            throw new InputException("the recorder's pipe cannot be closed: " + e.getMessage(), e);
        }
    }
}
