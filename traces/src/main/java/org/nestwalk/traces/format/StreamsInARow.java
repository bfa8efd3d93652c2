package org.nestwalk.traces.format;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Compressed streams of one format, one after another, up to the end of the file.
///
/// Between them and after the last there may be zeros, in a multiple of some bytes. Anything else
/// is an error that says what it is: what a decoder says, who takes it for a header, is not.
final class StreamsInARow extends InputStream {
    /// Makes a decoder of the stream that begins at the next byte, of which it takes no byte behind
    /// its end.
    interface Opener {
        /// Opens the next stream of `in`.
        InputStream open(InputStream in) throws IOException;
    }

    private final BufferedInputStream in;
    private final String format;
    private final byte[] magic;
    private final int padding;
    private final Opener opener;
    private InputStream stream;

    /// Streams of which the first begins at the next byte of `in`.
    ///
    /// @param format its name
    /// @param magic how each stream begins
    /// @param padding what the number of zeros between streams is a multiple of
    StreamsInARow(BufferedInputStream in, String format, byte[] magic, int padding, Opener opener)
            throws IOException {
        this.in = in;
        this.format = format;
        this.magic = magic.clone();
        this.padding = padding;
        this.opener = opener;
        this.stream = opener.open(in);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int n = stream.read(bytes, offset, length);
        while (n < 0 && next()) {
            n = stream.read(bytes, offset, length);
        }
        return n;
    }

    /// Goes to the next stream; false if there is none.
    private boolean next() throws IOException {
        long zeros = 0;
        in.mark(magic.length);
        int one = in.read();
        while (one == 0) {
            zeros++;
            in.mark(magic.length);
            one = in.read();
        }
        if (zeros % padding != 0) {
            throw new IOException(
                    "a stream of %s is followed by %d zeros; padding is a multiple of %d"
                            .formatted(format, zeros, padding));
        }
        if (one < 0) {
            return false;
        }
        in.reset();
        if (!Arrays.equals(in.readNBytes(magic.length), magic)) {
            throw new IOException(
                    "what follows a stream of %s is neither another one nor zeros"
                            .formatted(format));
        }
        in.reset();
        stream = opener.open(in);
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
