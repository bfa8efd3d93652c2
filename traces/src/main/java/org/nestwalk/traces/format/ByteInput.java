package org.nestwalk.traces.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.nestwalk.InputException;

/// A buffered window on a trace's decompressed bytes, which readers scan as an array.
///
/// Bytes `position` up to `limit` of [#buffer] are the next ones. A reader copies these to locals,
/// scans, stores `position` back, and calls [#fill] when what is left is not enough.
public final class ByteInput implements AutoCloseable {
    /// The size of a window in bytes, where there are few of them.
    private static final int SIZE = 1 << 18;

    /// The window's bytes.
    public final byte[] buffer;

    /// Index of the next byte.
    public int position;

    /// Index after the last byte read so far.
    public int limit;

    private final InputStream stream;
    private final String name;
    private long startOffset;

    /// Reads from `stream`, whose messages call it `name`.
    public ByteInput(InputStream stream, String name) {
        this(stream, name, SIZE);
    }

    /// The same with a window of `size` bytes, at least 64 KiB.
    ByteInput(InputStream stream, String name, int size) {
        this.buffer = new byte[size];
        this.stream = stream;
        this.name = name;
    }

    /// Moves what is left to the front and reads until the buffer is full or the stream ends;
    /// returns how many bytes are available now.
    public int fill() {
        int rest = limit - position;
        System.arraycopy(buffer, position, buffer, 0, rest);
        startOffset += position;
        position = 0;
        limit = rest;
        try {
            while (limit < buffer.length) {
                int n = stream.read(buffer, limit, buffer.length - limit);
                if (n < 0) {
                    break;
                }
                limit += n;
            }
        } catch (IOException | RuntimeException e) {
            throw damaged(e);
        }
        return limit;
    }

    /// Whether `bytes`, at most the buffer's size, are available, after reading more if needed.
    public boolean has(int bytes) {
        return limit - position >= bytes || fill() >= bytes;
    }

    /// Copies up to `length` next bytes to `to` from index `at` and returns how many there were.
    public int take(byte[] to, int at, int length) {
        int done = 0;
        while (done < length && has(1)) {
            int n = Math.min(length - done, available());
            System.arraycopy(buffer, position, to, at + done, n);
            position += n;
            done += n;
        }
        return done;
    }

    /// How many bytes are available without reading more.
    public int available() {
        return limit - position;
    }

    /// The offset in the decompressed stream of the byte at index `position`.
    public long offset() {
        return startOffset + position;
    }

    /// The file's name, for messages.
    public String name() {
        return name;
    }

    /// An exception for bad contents at the current position.
    public InputException bad(String problem) {
        return new InputException(name + ": at byte " + offset() + ": " + problem);
    }

    private InputException damaged(Exception cause) {
        if (cause instanceof InputException bad) {
            return bad;
        }
        return new InputException(
                name
                        + ": cannot be read beyond byte "
                        + (startOffset + limit)
                        + " of its contents ("
                        + detail(cause)
                        + "); the file is damaged or cut short",
                cause);
    }

    /// What a decoder says is wrong, in words.
    static String detail(Exception cause) {
        if (cause.getMessage() != null && cause instanceof IOException) {
            return cause.getMessage();
        }
        return cause instanceof EOFException ? "it ends too early" : "it makes no sense";
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException | RuntimeException e) {
            throw damaged(e);
        }
    }
}
