package org.nestwalk.traces.format;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Members of gzip, one after another, up to the end of the file.
///
/// The JDK's stream takes whatever follows a member and does not begin like another for the end.
/// Here only the end of the file is the end.
final class GzipDecoder extends GZIPInputStream {
    private static final int BUFFER = 1 << 16;
    private static final int TRAILER = 8;

    private final Counted counted;
    private long filled;
    private boolean ended;

    /// Of the compressed bytes in `in`.
    GzipDecoder(InputStream in) throws IOException {
        this(new Counted(in));
    }

    private GzipDecoder(Counted counted) throws IOException {
        super(counted, BUFFER);
        this.counted = counted;
    }

    @Override
    protected void fill() throws IOException {
        super.fill();
        filled = counted.taken;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int n = super.read(bytes, offset, length);
        if (n < 0 && !ended) {
            ended = true;
            requireEnd();
        }
        return n;
    }

    /// The last member's trailer must be the last of the file: nothing after it was inflated from
    /// the buffer, taken for a header, or is still to be read.
    private void requireEnd() throws IOException {
        int rest = inf.getRemaining();
        long end = filled - rest + TRAILER;
        if (rest > TRAILER || counted.taken > end || counted.read() >= 0) {
            throw new ZipException("what follows a gzip member is none, or a damaged one");
        }
    }

    /// Counts what is taken.
    private static final class Counted extends FilterInputStream {
        private long taken;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            taken += one < 0 ? 0 : 1;
            return one;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = in.read(bytes, offset, length);
            taken += Math.max(n, 0);
            return n;
        }
    }
}
