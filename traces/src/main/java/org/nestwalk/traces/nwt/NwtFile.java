package org.nestwalk.traces.nwt;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.traces.TraceInfo;
import org.nestwalk.traces.format.LittleEndian;

/// An open `.nwt` file with its index: what it says about itself, and its blocks in any order.
///
/// Blocks are independent, so several threads can decode one file: each takes its own [#newReader].
/// Where the index is missing, because the recording was cut off, it is rebuilt from the whole
/// blocks there are, and [TraceInfo#note] says so.
public final class NwtFile implements AutoCloseable {
    static final String DIGEST = "digest";
    static final String THREADS = "threads";
    static final String MAPPING = "mapping";
    static final String WARNING = "warning";

    private static final int BLOCK_COUNTS_AT = NwtFormat.SECTION_BYTES + 4;

    private final String name;
    private final FileChannel channel;
    private final KeyValues pairs = new KeyValues();
    private final List<BlockEntry> blocks = new ArrayList<>();
    private final boolean complete;

    private NwtFile(Path path, FileChannel channel) throws IOException {
        this.name = path.toString();
        this.channel = channel;
        byte[] prefix = bytes(0, NwtFormat.PREFIX_BYTES);
        if (LittleEndian.i32(prefix, 0) != NwtFormat.MAGIC
                || LittleEndian.u16(prefix, 4) != NwtFormat.VERSION) {
            throw bad(0, "this is not an .nwt trace of version " + NwtFormat.VERSION);
        }
        byte[] header = section(NwtFormat.PREFIX_BYTES, NwtFormat.HEADER);
        pairs.decode(header);
        long footerAt = footerOffset();
        complete = footerAt >= 0;
        if (complete) {
            readFooter(section(footerAt, NwtFormat.FOOTER), footerAt);
        } else {
            scan(NwtFormat.PREFIX_BYTES + NwtFormat.SECTION_BYTES + header.length);
        }
    }

    /// Opens the file at `path`, which must not be compressed as a whole.
    public static NwtFile open(Path path) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            return new NwtFile(path, channel);
        } catch (IOException | IndexOutOfBoundsException e) {
            closeQuietly(channel);
            throw new InputException(path + ": cannot be read as .nwt (" + e.getMessage() + ")", e);
        } catch (InputException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    /// Whether the file at `path` begins as `.nwt` does, without compression around it.
    public static boolean isPlain(Path path) {
        try (InputStream file = Files.newInputStream(path)) {
            byte[] magic = file.readNBytes(4);
            return magic.length == 4 && LittleEndian.i32(magic, 0) == NwtFormat.MAGIC;
        } catch (IOException e) {
            return false;
        }
    }

    /// What the header and the footer say.
    public TraceInfo info() {
        return NwtInfo.of(name, pairs, blocks, complete);
    }

    /// The SHA-256 of the accesses as recorded, or null where the index is missing.
    public @Nullable String digest() {
        return pairs.get(DIGEST);
    }

    /// The index: where blocks are and what they hold, in order.
    public List<BlockEntry> blocks() {
        return List.copyOf(blocks);
    }

    /// A reader of single blocks with a state of its own; any number may work at once.
    public NwtBlockReader newReader() {
        return new NwtBlockReader(this);
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    /// The payload of the section at `offset`, whose tag must be `tag`.
    byte[] section(long offset, int tag) throws IOException {
        byte[] head = bytes(offset, NwtFormat.SECTION_BYTES);
        int size = LittleEndian.i32(head, 4);
        if (LittleEndian.i32(head, 0) != tag || size < 4 || size > channel.size() - offset) {
            throw bad(offset, "a section is damaged: its tag or its size is wrong");
        }
        byte[] payload = bytes(offset + NwtFormat.SECTION_BYTES, size);
        CRC32C crc = new CRC32C();
        crc.update(payload, 0, size);
        if ((int) crc.getValue() != LittleEndian.i32(head, 8)) {
            throw bad(offset, "a section's checksum does not match; it is damaged");
        }
        return payload;
    }

    InputException bad(long offset, String problem) {
        return new InputException(name + ": at byte " + offset + ": " + problem);
    }

    private long footerOffset() throws IOException {
        long at = channel.size() - NwtFormat.TRAILER_BYTES;
        if (at < NwtFormat.PREFIX_BYTES) {
            return -1;
        }
        byte[] trailer = bytes(at, NwtFormat.TRAILER_BYTES);
        long footer = LittleEndian.u64(trailer, 0);
        boolean present = LittleEndian.u64(trailer, 8) == NwtFormat.TRAILER;
        if (present && (footer < NwtFormat.PREFIX_BYTES || footer >= at)) {
            throw bad(at, "the trailer points outside the file; it is damaged");
        }
        return present ? footer : -1;
    }

    private void readFooter(byte[] payload, long footerAt) {
        int at = pairs.decode(payload);
        int count = LittleEndian.i32(payload, at);
        at += 4;
        for (int i = 0; i < count; i++) {
            BlockEntry entry = BlockEntry.decode(payload, at);
            if (entry.offset() < NwtFormat.PREFIX_BYTES || entry.offset() >= footerAt) {
                throw bad(footerAt, "the index points outside the file; it is damaged");
            }
            blocks.add(entry);
            at += BlockEntry.BYTES;
        }
    }

    private void scan(long start) throws IOException {
        long at = start;
        long first = 0;
        long end = channel.size();
        while (end - at >= NwtFormat.SECTION_BYTES + NwtFormat.BLOCK_HEAD) {
            byte[] head = bytes(at, NwtFormat.SECTION_BYTES + NwtFormat.BLOCK_HEAD);
            int size = LittleEndian.i32(head, 4);
            if (LittleEndian.i32(head, 0) != NwtFormat.BLOCK || size < NwtFormat.BLOCK_HEAD) {
                break;
            }
            BlockEntry entry = BlockEntry.ofCounts(at, first, head, BLOCK_COUNTS_AT);
            at += NwtFormat.SECTION_BYTES + size;
            if (at > end) {
                break;
            }
            blocks.add(entry);
            first += entry.accesses();
        }
    }

    private byte[] bytes(long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException("it ends before byte " + (offset + length));
            }
        }
        return buffer.array();
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // A file that was only read has nothing to lose.
            }
        }
    }
}
