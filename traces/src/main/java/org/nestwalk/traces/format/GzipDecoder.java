package org.nestwalk.traces.format;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Members of gzip, one after another, up to the end of the file.
///
/// The JDK's stream takes whatever follows a member and does not begin like another for the end.
/// Here only the end of the file is the end, or zeros up to it, with which tapes and disks pad
/// files and which gzip(1) ignores as well.
final class GzipDecoder extends GZIPInputStream {
    private static final int BUFFER = 1 << 16;
    private static final int TRAILER = 8;

    private final Counted counted;
    private long filled;
    private boolean ended;

    /// A decoder of the compressed bytes in `in`.
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

    /// Nothing but zeros may follow the last member's trailer, whether in the buffer, taken for a
    /// header, or still to be read.
    private void requireEnd() throws IOException {
        long end = filled - inf.getRemaining() + TRAILER;
        byte[] rest = new byte[BUFFER];
        boolean more = true;
        while (more && counted.nonZero <= end) {
            more = counted.read(rest, 0, rest.length) >= 0;
        }
        if (counted.nonZero > end) {
            throw new ZipException("what follows a gzip member is none, or a damaged one");
        }
    }

    /// Counts what is taken, and what of it there is up to the last byte that is not zero.
    private static final class Counted extends FilterInputStream {
        private long taken;
        private long nonZero;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            taken += one < 0 ? 0 : 1;
            nonZero = one > 0 ? taken : nonZero;
            return one;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = in.read(bytes, offset, length);
            taken += Math.max(n, 0);
            int last = n;
            while (last > 0 && bytes[offset + last - 1] == 0) {
                last--;
            }
            nonZero = last > 0 ? taken - n + last : nonZero;
            return n;
        }
    }
}
