package org.nestwalk.traces.format;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceText;

/// Writes accesses in a format that other tools read: lackey's text, or raw addresses.
///
/// Text keeps kinds, addresses and sizes, and loses threads. Raw keeps the addresses of data, and
/// which are writes.
public final class TraceSink implements AutoCloseable {
    private final OutputStream out;
    private final Path path;
    private final boolean text;
    private final byte[] word = new byte[RawReader.RECORD];

    /// Creates or replaces the file at `path`, as text or raw.
    public TraceSink(Path path, boolean text) {
        this.path = path;
        this.text = text;
        try {
            out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /// Writes the first `count` accesses of `block`.
    public void write(TraceBlock block, int count) {
        try {
            for (int i = 0; i < count; i++) {
                if (text) {
                    String line = TraceText.lackeyLine(block.address[i], block.info[i]);
                    out.write(line.getBytes(StandardCharsets.US_ASCII));
                    out.write('\n');
                } else if (AccessInfo.kind(block.info[i]) != Access.FETCH) {
                    boolean store = AccessInfo.kind(block.info[i]) != Access.LOAD;
                    LittleEndian.putU64(word, 0, RawReader.encode(block.address[i], store));
                    out.write(word);
                }
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private InputException cannotWrite(IOException cause) {
        return new InputException(path + ": cannot be written (" + cause.getMessage() + ")", cause);
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }
}
