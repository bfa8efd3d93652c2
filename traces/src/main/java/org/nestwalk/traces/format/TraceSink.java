package org.nestwalk.traces.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceText;

/// Writes accesses in a format that other tools read: lackey's text, or raw addresses.
///
/// Text keeps kinds, addresses and sizes, and loses threads. Raw keeps the addresses of data, and
/// which are writes; addresses that it cannot hold are left out. [#losses] says what was lost.
public final class TraceSink implements AutoCloseable {
    private final OutputStream out;
    private final String name;
    private final boolean text;
    private final byte[] word = new byte[RawReader.RECORD];
    private long written;
    private long fetches;
    private long modifies;
    private long unencodable;
    private long firstUnencodable;
    private int threads;

    /// Writes to `out`, which [#close] closes and messages call `name`, as text or raw.
    public TraceSink(OutputStream out, String name, boolean text) {
        this.out = out;
        this.name = name;
        this.text = text;
    }

    /// Writes the first `count` accesses of `block`.
    public void write(TraceBlock block, int count) {
        try {
            for (int i = 0; i < count; i++) {
                threads = Math.max(threads, AccessInfo.thread(block.info[i]) + 1);
                if (text) {
                    String line = TraceText.lackeyLine(block.address[i], block.info[i]);
                    out.write(line.getBytes(StandardCharsets.US_ASCII));
                    out.write('\n');
                    written++;
                } else {
                    writeRaw(block.address[i], AccessInfo.kind(block.info[i]));
                }
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private void writeRaw(long address, int kind) throws IOException {
        if (kind == Access.FETCH) {
            fetches++;
        } else if (!RawReader.holds(address)) {
            firstUnencodable = unencodable == 0 ? address : firstUnencodable;
            unencodable++;
        } else {
            modifies += kind == Access.MODIFY ? 1 : 0;
            LittleEndian.putU64(word, 0, RawReader.encode(address, kind != Access.LOAD));
            out.write(word);
            written++;
        }
    }

    /// How many accesses were written.
    public long written() {
        return written;
    }

    /// Sentences on what the accesses had that the format does not hold.
    public List<String> losses() {
        List<String> losses = new ArrayList<>();
        if (fetches > 0) {
            losses.add(leftOut(fetches, "fetch") + ": raw holds data accesses");
        }
        if (unencodable > 0) {
            losses.add(
                    "%s: raw holds 63 bits of an address, and here all 64 are needed (the first is 0x%x)"
                            .formatted(leftOut(unencodable, "access"), firstUnencodable));
        }
        if (modifies > 0) {
            losses.add("modifies are stores in raw: %,d".formatted(modifies));
        }
        if (!text && written > 0) {
            losses.add("sizes are lost: every access of raw counts as one byte");
        }
        if (threads > 1) {
            losses.add("which of its %,d threads made an access is lost".formatted(threads));
        }
        return losses;
    }

    private static String leftOut(long count, String what) {
        return Quantities.counted(count, what) + (count == 1 ? " was" : " were") + " left out";
    }

    private InputException cannotWrite(IOException cause) {
        return new InputException(name + ": cannot be written (" + cause.getMessage() + ")", cause);
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
