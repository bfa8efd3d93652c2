package org.nestwalk.lab.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;

/// Reads parts of a snapshot, and checks what can be checked of each alone.
record Sections(String name, FileChannel channel) {
    private static final int FAR = 1 << 20;

    void checkPrefix() throws IOException {
        long size = channel.size();
        if (size < SnapshotFormat.PREFIX_BYTES) {
            throw damaged("it has %,d bytes, too few for a snapshot".formatted(size));
        }
        ByteBuffer prefix = read(0, SnapshotFormat.PREFIX_BYTES);
        if (prefix.getInt() != SnapshotFormat.MAGIC) {
            throw new InputException(name + ": is no snapshot; nestwalk vm snapshot writes one");
        }
        int version = prefix.getInt();
        if (version != SnapshotFormat.VERSION) {
            throw new InputException(
                    "%s: is a snapshot of version %d; this version of Nestwalk reads version %d"
                            .formatted(
                                    name, Integer.toUnsignedLong(version), SnapshotFormat.VERSION));
        }
    }

    /// The trailer, checked.
    byte[] trailer() throws IOException {
        long at = channel.size() - SnapshotFormat.TRAILER_BYTES;
        if (at < SnapshotFormat.PREFIX_BYTES) {
            throw damaged("it is cut short after %,d bytes".formatted(channel.size()));
        }
        ByteBuffer trailer = read(at, SnapshotFormat.TRAILER_BYTES);
        int checked = SnapshotFormat.TRAILER_BYTES - Integer.BYTES - Long.BYTES;
        boolean ends = trailer.getLong(checked + Integer.BYTES) == SnapshotFormat.END;
        boolean whole =
                trailer.getInt(checked)
                        == SnapshotFormat.crc(SnapshotFormat.bytes(trailer), 0, checked);
        if (ends && whole) {
            return SnapshotFormat.bytes(trailer);
        }
        if (ends || whole) {
            throw damaged(
                    "its last %d bytes, the trailer, are not as they were written"
                            .formatted(SnapshotFormat.TRAILER_BYTES));
        }
        long more = bytesBehindTrailer();
        if (more > 0) {
            throw damaged("its end is followed by " + Quantities.counted(more, "more byte"));
        }
        throw damaged(
                "it does not end with a trailer; it is cut short after %,d bytes"
                        .formatted(channel.size()));
    }

    /// How many bytes follow the last trailer; 0 if there is none, or it is far from the end.
    private long bytesBehindTrailer() throws IOException {
        int looked = (int) Math.min(channel.size(), FAR);
        ByteBuffer last = read(channel.size() - looked, looked);
        for (int end = looked - 1; end >= Long.BYTES; end--) {
            if (last.getLong(end - Long.BYTES) == SnapshotFormat.END) {
                return (long) looked - end;
            }
        }
        return 0;
    }

    /// The payload of the section at `offset`, checked.
    byte[] payload(long offset, int tag) throws IOException {
        long room = channel.size() - SnapshotFormat.SECTION_BYTES;
        if (offset < 0 || offset > room) {
            throw damaged("a section at byte %d is beyond its end".formatted(offset));
        }
        ByteBuffer head = read(offset, SnapshotFormat.SECTION_BYTES);
        int found = head.getInt();
        int length = head.getInt();
        int crc = head.getInt();
        if (found != tag || length < 0 || offset + length > room) {
            throw damaged("the section at byte %d is none, or cut short".formatted(offset));
        }
        byte[] payload = SnapshotFormat.bytes(read(offset + SnapshotFormat.SECTION_BYTES, length));
        if (SnapshotFormat.crc(payload, 0, length) != crc) {
            throw damaged("the checksum of the section at byte %d is wrong".formatted(offset));
        }
        return payload;
    }

    private ByteBuffer read(long offset, int bytes) throws IOException {
        ByteBuffer buffer = SnapshotFormat.buffer(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw damaged("it ends too early");
            }
        }
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    private InputException damaged(String what) {
        return new InputException("%s: the snapshot is damaged: %s".formatted(name, what));
    }
}
