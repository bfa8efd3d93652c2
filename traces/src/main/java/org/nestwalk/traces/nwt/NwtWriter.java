package org.nestwalk.traces.nwt;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.traces.Mapping;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceDigest;
import org.nestwalk.traces.tasks.Beside;

/// Writes a `.nwt` trace, block by block, in constant memory.
///
/// Call [#write] for the accesses and then [#finish]; a file that was closed without it lacks its
/// index, and reads up to its last whole block. When the disk is full an [InputException] says so,
/// at the latest from [#finish], and what was written before stays readable in the same way. Blocks
/// are compressed and written beside the caller, one behind.
public final class NwtWriter implements AutoCloseable {
    private static final int LEVEL = 3;

    private final OutputStream out;
    private final String name;
    private final Beside writing = new Beside();
    private final TraceDigest digest;
    private final boolean dependence;
    private final List<BlockEntry> index = new ArrayList<>();
    private final KeyValues footer = new KeyValues();
    private final ByteSink section = new ByteSink(1 << 16);
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private BlockEncoder encoder = new BlockEncoder();
    private @Nullable BlockEncoder spare;
    private long offset;
    private long accesses;
    private volatile int whole; // blocks in the file
    private int threads;
    private boolean finished;

    /// Writes to `out`, which [#close] closes and messages call `name`.
    public NwtWriter(OutputStream out, String name, NwtHeader header) {
        this.out = out;
        this.name = name;
        dependence = header.dependence();
        digest = new TraceDigest(dependence);
        zstd.setLevel(LEVEL);
        header.toKeyValues().encode(section);
        ByteSink prefix = new ByteSink(NwtFormat.PREFIX_BYTES);
        prefix.i32(NwtFormat.MAGIC);
        prefix.u16(NwtFormat.VERSION);
        prefix.u16(0);
        emit(prefix);
        emitSection(NwtFormat.HEADER);
    }

    /// Creates or replaces the file at `path`.
    public static NwtWriter create(Path path, NwtHeader header) {
        try {
            OutputStream file = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
            return new NwtWriter(file, path.toString(), header);
        } catch (IOException e) {
            throw new InputException(
                    path
                            + ": cannot be created; its directory must exist and be writable, or"
                            + " choose another file",
                    e);
        }
    }

    /// Appends all accesses of `block`.
    public void write(TraceBlock block) {
        write(block, block.count);
    }

    /// Appends the first `count` accesses of `block`.
    public void write(TraceBlock block, int count) {
        for (int at = 0; at < count; ) {
            int n = Math.min(count - at, NwtFormat.BLOCK_ACCESSES - encoder.accesses);
            encoder.add(block, at, at + n);
            at += n;
            if (encoder.accesses == NwtFormat.BLOCK_ACCESSES) {
                handOverBlock();
            }
        }
        digest.update(block, 0, count);
        accesses += count;
    }

    /// How many accesses have been written.
    public long accesses() {
        return accesses;
    }

    /// Whether there is an access in the file that can be read.
    public boolean isReadable() {
        return whole > 0;
    }

    /// How many bytes the file has, after [#finish].
    public long bytes() {
        return offset;
    }

    /// Notes the recorded program's address space, before [#finish].
    public void mappings(List<Mapping> mappings) {
        for (Mapping m : mappings) {
            String range = Long.toHexString(m.start()) + "-" + Long.toHexString(m.end());
            footer.add(NwtFile.MAPPING, range + " " + m.name());
        }
    }

    /// Notes what readers of the trace should know, before [#finish].
    public void warnings(List<String> warnings) {
        warnings.forEach(warning -> footer.add(NwtFile.WARNING, warning));
    }

    /// Ends the last block and writes the footer and the trailer; further calls do nothing.
    public void finish() {
        if (finished) {
            return;
        }
        writing.await();
        finished = true;
        encoder.endSegment();
        emitBlock(encoder);
        threads = Math.max(threads, encoder.threads);
        long footerOffset = offset;
        footer.add(NwtFile.DIGEST, digest.finish());
        footer.add(NwtFile.THREADS, Integer.toString(threads));
        footer.encode(section);
        section.i32(index.size());
        index.forEach(entry -> entry.encode(section));
        emitSection(NwtFormat.FOOTER);
        ByteSink trailer = new ByteSink(NwtFormat.TRAILER_BYTES);
        trailer.u64(footerOffset);
        trailer.u64(NwtFormat.TRAILER);
        emit(trailer);
        flush();
    }

    /// Has the full block compressed and written beside the caller, which goes on with another.
    private void handOverBlock() {
        encoder.endSegment();
        threads = Math.max(threads, encoder.threads);
        BlockEncoder full = encoder;
        writing.run(() -> emitBlock(full));
        // The block before has been written: its encoder is free.
        encoder = spare == null ? new BlockEncoder() : spare;
        spare = full;
    }

    private void emitBlock(BlockEncoder encoder) {
        if (encoder.accesses == 0) {
            return;
        }
        long first =
                index.isEmpty() ? 0 : index.getLast().firstAccess() + index.getLast().accesses();
        int[] counts = encoder.counts();
        index.add(BlockEntry.of(offset, first, counts));
        section.i32(encoder.accesses);
        for (int count : counts) {
            section.i32(count);
        }
        section.i32(encoder.segments);
        section.i32(encoder.templateCount());
        int head = section.size;
        section.ensure(8 * NwtFormat.STREAMS);
        section.size += 8 * NwtFormat.STREAMS;
        for (int s = 0; s < NwtFormat.STREAMS; s++) {
            emitStream(encoder.streams[s], head + 8 * s);
        }
        if (dependence) {
            head = section.size;
            section.ensure(8);
            section.size += 8;
            emitStream(encoder.streams[NwtFormat.DISTANCES], head);
        }
        emitSection(NwtFormat.BLOCK);
        flush();
        whole = index.size();
        encoder.reset();
    }

    /// Appends a stream, and writes its two sizes at `head`.
    private void emitStream(ByteSink stream, int head) {
        int packed = compress(stream);
        int end = section.size;
        section.size = head;
        section.i32(stream.size);
        section.i32(packed);
        section.size = end;
    }

    private int compress(ByteSink stream) {
        if (stream.size == 0) {
            return 0;
        }
        int bound = (int) Zstd.compressBound(stream.size);
        section.ensure(bound);
        int packed =
                zstd.compressByteArray(
                        section.bytes, section.size, bound, stream.bytes, 0, stream.size);
        section.size += packed;
        return packed;
    }

    private void emitSection(int tag) {
        CRC32C crc = new CRC32C();
        crc.update(section.bytes, 0, section.size);
        ByteSink head = new ByteSink(NwtFormat.SECTION_BYTES);
        head.i32(tag);
        head.i32(section.size);
        head.i32((int) crc.getValue());
        emit(head);
        emit(section);
        section.clear();
    }

    private void emit(ByteSink bytes) {
        try {
            out.write(bytes.bytes, 0, bytes.size);
            offset += bytes.size;
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private InputException cannotWrite(IOException cause) {
        finished = true;
        return new InputException(
                name
                        + ": cannot be written after byte "
                        + offset
                        + " ("
                        + cause.getMessage()
                        + "); "
                        + (isReadable()
                                ? "what was written before remains readable up to the last whole"
                                        + " block"
                                : "not one whole block was written, so that nothing can be read")
                        + "; make room or choose another disk",
                cause);
    }

    @Override
    public void close() {
        try {
            writing.await();
        } finally {
            closeFile();
        }
    }

    private void closeFile() {
        zstd.close();
        try {
            out.close();
        } catch (IOException e) {
            if (!finished) {
                throw cannotWrite(e);
            }
        }
    }
}
