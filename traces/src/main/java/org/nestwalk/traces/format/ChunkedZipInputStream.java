package org.nestwalk.traces.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.nestwalk.InputException;

/// The concatenated entries of a zip as DynamoRIO writes it: `chunk.0000000000`,
/// `chunk.0000000001`, ...
///
/// Nothing may be missing: chunks are numbered from 0 without gaps, each holds whole records and
/// all but the last end with the marker CHUNK_FOOTER, nothing else is between or after them, and
/// the central directory lists them all. Sources: DynamoRIO, tracer/raw2trace.cpp and
/// reader/zipfile_file_reader.cpp.
final class ChunkedZipInputStream extends InputStream {
    private static final Pattern CHUNK = Pattern.compile("chunk\\.(\\d{1,18})");
    private static final int RECORD = DrmemtraceReader.RECORD;

    private final WholeZipInputStream zip;
    private final String name;
    private final List<String> chunks = new ArrayList<>();
    private final byte[] last = new byte[RECORD];
    private long chunkBytes;
    private boolean ended;

    /// A stream of the zip in `stream`, the file called `name`.
    ChunkedZipInputStream(InputStream stream, String name) throws IOException {
        this.name = name;
        zip = new WholeZipInputStream(stream);
        ZipEntry first = zip.next();
        if (first == null || !CHUNK.matcher(first.getName()).matches()) {
            throw new InputException(
                    name
                            + ": this zip is not a trace: its first entry is "
                            + (first == null ? "missing" : "'" + first.getName() + "'")
                            + "; a drmemtrace zip holds entries chunk.0000000000 and so on");
        }
        begin(first);
    }

    private void begin(ZipEntry entry) {
        Matcher matcher = CHUNK.matcher(entry.getName());
        if (!matcher.matches()) {
            throw new InputException(
                    name
                            + ": '"
                            + entry.getName()
                            + "' is among the chunks of this drmemtrace zip; a trace holds nothing"
                            + " else (zip -d removes it)");
        }
        if (Long.parseLong(matcher.group(1)) != chunks.size()) {
            throw new InputException(
                    name
                            + ": chunk "
                            + chunks.size()
                            + " is missing from this drmemtrace zip: "
                            + entry.getName()
                            + " comes in its place");
        }
        chunks.add(entry.getName());
        chunkBytes = 0;
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
                remember(bytes, offset, n);
                return n;
            }
            ZipEntry next = zip.next();
            ended = next == null;
            if (next == null) {
                zip.requireListed(chunks);
            } else {
                requireWholeChunk();
                begin(next);
            }
        }
        return -1;
    }

    /// Keeps the last record of the chunk.
    private void remember(byte[] bytes, int offset, int n) {
        int kept = Math.min(n, RECORD);
        System.arraycopy(last, kept, last, 0, RECORD - kept);
        System.arraycopy(bytes, offset + n - kept, last, RECORD - kept, kept);
        chunkBytes += n;
    }

    private void requireWholeChunk() {
        boolean footer =
                chunkBytes % RECORD == 0
                        && chunkBytes > 0
                        && LittleEndian.u16(last, 0) == DrmemtraceReader.TYPE_MARKER
                        && LittleEndian.u16(last, 2) == DrmemtraceReader.MARKER_CHUNK_FOOTER;
        if (!footer) {
            throw new InputException(
                    name
                            + ": "
                            + chunks.getLast()
                            + " does not end with a chunk's footer: the chunk was cut short");
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
