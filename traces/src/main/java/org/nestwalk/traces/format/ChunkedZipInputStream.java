package org.nestwalk.traces.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.nestwalk.InputException;

/// The concatenated entries of a zip as DynamoRIO writes it: `chunk.00000000`, `chunk.00000001`,
/// ...
///
/// Any other first entry means that the zip is no trace, which is said at once.
final class ChunkedZipInputStream extends InputStream {
    private static final String PREFIX = "chunk.";

    private final ZipInputStream zip;
    private boolean ended;

    ChunkedZipInputStream(InputStream stream) throws IOException {
        zip = new WideZipInputStream(stream);
        ZipEntry first = zip.getNextEntry();
        if (first == null || !first.getName().startsWith(PREFIX)) {
            throw new InputException(
                    "this zip is not a trace: its first entry is "
                            + (first == null ? "missing" : "'" + first.getName() + "'")
                            + "; a drmemtrace zip holds entries chunk.00000000 and so on");
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (!ended) {
            int n = zip.read(bytes, offset, length);
            if (n >= 0) {
                return n;
            }
            ZipEntry next = zip.getNextEntry();
            ended = next == null || !next.getName().startsWith(PREFIX);
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /// Inflates 64 KiB of the file at once; the JDK's 512 bytes cost a sixth of the speed.
    private static final class WideZipInputStream extends ZipInputStream {
        private static final int BUFFER = 1 << 16;

        WideZipInputStream(InputStream stream) {
            super(stream);
            // What was read beyond an entry's end is pushed back: up to the whole buffer.
            in = new PushbackInputStream(stream, BUFFER);
            buf = new byte[BUFFER];
        }
    }
}
