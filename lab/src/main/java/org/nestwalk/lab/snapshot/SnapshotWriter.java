package org.nestwalk.lab.snapshot;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.snapshot.SnapshotFormat.Entry;
import org.nestwalk.traces.TraceDigest;

/// Writes the sections of a snapshot, in constant memory but for the index.
final class SnapshotWriter {
    private static final int LEVEL = 1;

    // More than what a small frame may take above what is in it.
    private static final int FRAME = 512;

    private final WritableByteChannel out;
    private final String name;
    private final ZstdCompressCtx zstd;
    private final MessageDigest sha = TraceDigest.sha256();
    private final List<Entry> index = new ArrayList<>();
    private long offset;

    private SnapshotWriter(
            WritableByteChannel out, String name, SnapshotHead head, ZstdCompressCtx zstd) {
        this.zstd = zstd;
        this.out = out;
        this.name = name;
        ByteBuffer prefix = SnapshotFormat.buffer(SnapshotFormat.PREFIX_BYTES);
        prefix.putInt(SnapshotFormat.MAGIC);
        prefix.putInt(SnapshotFormat.VERSION);
        emit(SnapshotFormat.bytes(prefix));
        section(SnapshotFormat.HEAD, StateText.write(head));
    }

    /// Writes the blocks of a file.
    @FunctionalInterface
    interface Content {
        /// Writes all blocks to `writer`, and returns the state, which may be empty.
        byte[] write(SnapshotWriter writer);
    }

    /// Creates or replaces `file`, which holds either what it did before or all of the new contents
    /// at any moment: they are written to another file in its folder first, which then takes its
    /// place. What is no regular file, such as a pipe, is written as it is.
    ///
    /// @return the digest of the whole, in hexadecimal
    /// @throws InputException if it cannot be written
    static String write(Path file, SnapshotHead head, Content content) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new InputException(file + ": is a folder; name a file");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                return writeTo(channel, file.toString(), head, content);
            } catch (IOException e) {
                throw cannotWrite(file.toString(), e);
            }
        }
        Path made = null;
        try {
            made = Files.createTempFile(folder, "." + file.getFileName() + ".", ".part");
            String digest;
            try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
                digest = writeTo(channel, file.toString(), head, content);
                channel.force(true);
            }
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
            made = null;
            try (FileChannel directory = FileChannel.open(folder)) {
                directory.force(true);
            }
            return digest;
        } catch (IOException e) {
            throw cannotWrite(file.toString(), e);
        } finally {
            delete(made);
        }
    }

    private static void delete(@Nullable Path made) {
        if (made != null) {
            try {
                Files.deleteIfExists(made);
            } catch (IOException e) {
                // It is in nobody's way, and what went wrong before is what has to be said.
            }
        }
    }

    /// As [#write], to a channel that messages call `name`.
    static String writeTo(
            WritableByteChannel out, String name, SnapshotHead head, Content content) {
        try (ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(LEVEL)) {
            SnapshotWriter writer = new SnapshotWriter(out, name, head, zstd);
            byte[] state = content.write(writer);
            return writer.finish(state);
        }
    }

    private static InputException cannotWrite(String name, IOException cause) {
        boolean forbidden = cause instanceof FileSystemException;
        String reason =
                cause instanceof FileSystemException file
                        ? file instanceof AccessDeniedException
                                ? "permission denied"
                                : file.getReason() == null
                                        ? "no file can be made there"
                                        : file.getReason()
                        : String.valueOf(cause.getMessage());
        return new InputException(
                "%s: the snapshot cannot be written (%s); a snapshot that was there is unchanged; %s"
                        .formatted(
                                name,
                                reason,
                                forbidden
                                        ? "choose a folder in which files can be made"
                                        : "make room or choose another folder"),
                cause);
    }

    /// Appends a block; a second one of the same address must not follow.
    ///
    /// @param pages the pages of `present`, one after the other
    void block(long gpa, long present, long gone, byte[] pages, int length) {
        int bound = (int) Zstd.compressBound(length) + SnapshotFormat.GROUPS * FRAME;
        ByteBuffer payload = SnapshotFormat.buffer(SnapshotFormat.BLOCK_HEAD_BYTES + bound);
        payload.putLong(gpa).putLong(present).putLong(gone);
        byte[] frames = new byte[bound];
        int end = 0;
        int from = 0;
        for (int group = 0; group < SnapshotFormat.GROUPS; group++) {
            int bytes =
                    Long.bitCount(present & SnapshotFormat.groupMask(group)) * SnapshotFormat.PAGE;
            int size =
                    bytes == 0
                            ? 0
                            : zstd.compressByteArray(frames, end, bound - end, pages, from, bytes);
            payload.putInt(size);
            end += size;
            from += bytes;
        }
        payload.put(frames, 0, end).flip();
        long at = offset;
        int crc = section(SnapshotFormat.BLOCK, SnapshotFormat.bytes(payload));
        index.add(new Entry(gpa, at, payload.limit(), crc, present, gone));
    }

    private String finish(byte[] state) {
        long stateOffset = offset;
        byte[] packed = Zstd.compress(state, LEVEL);
        ByteBuffer payload = SnapshotFormat.buffer(4 + packed.length);
        payload.putInt(state.length).put(packed);
        section(SnapshotFormat.STATE, SnapshotFormat.bytes(payload));
        long indexOffset = offset;
        ByteBuffer entries = SnapshotFormat.buffer(4 + index.size() * SnapshotFormat.ENTRY_BYTES);
        entries.putInt(index.size());
        for (Entry entry : index) {
            entries.putLong(entry.gpa()).putLong(entry.offset());
            entries.putInt(entry.bytes()).putInt(entry.crc());
            entries.putLong(entry.present()).putLong(entry.gone());
        }
        section(SnapshotFormat.INDEX, SnapshotFormat.bytes(entries));
        byte[] digest = sha.digest();
        ByteBuffer trailer = SnapshotFormat.buffer(SnapshotFormat.TRAILER_BYTES);
        trailer.putLong(stateOffset).putLong(indexOffset).put(digest);
        trailer.putInt(SnapshotFormat.crc(SnapshotFormat.bytes(trailer), 0, trailer.position()));
        trailer.putLong(SnapshotFormat.END);
        emit(SnapshotFormat.bytes(trailer));
        return HexFormat.of().formatHex(digest);
    }

    private int section(int tag, byte[] payload) {
        int crc = SnapshotFormat.crc(payload, 0, payload.length);
        ByteBuffer head = SnapshotFormat.buffer(SnapshotFormat.SECTION_BYTES);
        head.putInt(tag).putInt(payload.length).putInt(crc);
        emit(SnapshotFormat.bytes(head));
        emit(payload);
        return crc;
    }

    private void emit(byte[] bytes) {
        try {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                out.write(rest);
            }
        } catch (IOException e) {
            throw cannotWrite(name, e);
        }
        sha.update(bytes);
        offset += bytes.length;
    }
}
