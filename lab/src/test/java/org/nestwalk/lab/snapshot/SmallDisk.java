package org.nestwalk.lab.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;

/// A disk with room for so many bytes.
final class SmallDisk implements WritableByteChannel {
    private final WritableByteChannel out = Channels.newChannel(new ByteArrayOutputStream());
    private int room;

    SmallDisk(int room) {
        this.room = room;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > room) {
            throw new IOException("No space left on device");
        }
        room -= bytes.remaining();
        return out.write(bytes);
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
