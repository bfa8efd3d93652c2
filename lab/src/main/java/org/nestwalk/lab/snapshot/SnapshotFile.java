package org.nestwalk.lab.snapshot;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.hypervisor.lazy.PageStore;
import org.nestwalk.lab.snapshot.SnapshotFormat.Entry;
import org.nestwalk.memory.PageSet;
import org.nestwalk.traces.TraceDigest;

/// A snapshot that is open for reading, with those that it is based on. What opening reads is
/// checked then: all but the blocks, which are checked as they are read. Used by one thread at a
/// time.
public final class SnapshotFile implements PageStore, AutoCloseable {
    private static final int MOST_BASES = 64;
    private static final int ALONE = -1;
    private static final int CACHED_BLOCKS = 16;
    private static final int MOST_STATE = 1 << 30;

    private final Path path;
    private final FileChannel channel;
    private final SnapshotHead head;
    private final byte[] digest;
    private final byte[] state;
    private @Nullable GuestState parsed;
    private final BlockIndex index;
    private final @Nullable SnapshotFile base;
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final Map<Long, PageBlock> cache =
            new LinkedHashMap<>(CACHED_BLOCKS, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, PageBlock> eldest) {
                    return size() > CACHED_BLOCKS;
                }
            };

    private SnapshotFile(
            Path path,
            FileChannel channel,
            SnapshotHead head,
            byte[] digest,
            byte[] state,
            BlockIndex index,
            @Nullable SnapshotFile base) {
        this.path = path;
        this.channel = channel;
        this.head = head;
        this.digest = digest;
        this.state = state;
        this.index = index;
        this.base = base;
    }

    /// Opens the snapshot at `path`.
    ///
    /// @throws InputException if it, or one that it is based on, is none, damaged or missing
    public static SnapshotFile open(Path path) {
        return open(path, 0);
    }

    /// Opens the file at `path` without what it is based on: to look at it, not to restore it.
    ///
    /// @throws InputException if it is none, or damaged
    public static SnapshotFile openAlone(Path path) {
        return open(path, ALONE);
    }

    private static SnapshotFile open(Path path, int depth) {
        if (!Files.exists(path)) {
            throw new InputException(path + ": there is no such snapshot");
        }
        if (!Files.isRegularFile(path)) {
            throw new InputException(path + ": is no regular file; a snapshot is one");
        }
        FileChannel channel = null;
        SnapshotFile base = null;
        try {
            channel = FileChannel.open(path);
            Sections sections = new Sections(path.toString(), channel);
            sections.checkPrefix();
            byte[] trailer = sections.trailer();
            ByteBuffer fields = ByteBuffer.wrap(trailer).order(ByteOrder.LITTLE_ENDIAN);
            byte[] head = sections.payload(SnapshotFormat.PREFIX_BYTES, SnapshotFormat.HEAD);
            SnapshotHead said = StateText.head(head, path.toString());
            byte[] state = unpack(sections.payload(fields.getLong(0), SnapshotFormat.STATE), path);
            BlockIndex index =
                    BlockIndex.of(
                            sections.payload(fields.getLong(8), SnapshotFormat.INDEX),
                            said.memoryBytes(),
                            path);
            if (said.base() != null && depth != ALONE) {
                base = openBase(path, said, depth);
            }
            byte[] digest = Arrays.copyOfRange(trailer, 16, 16 + SnapshotFormat.DIGEST_BYTES);
            return new SnapshotFile(path, channel, said, digest, state, index, base);
        } catch (IOException e) {
            close(channel, base);
            throw new InputException("%s: cannot be read (%s)".formatted(path, e.getMessage()), e);
        } catch (RuntimeException e) {
            close(channel, base);
            throw e;
        }
    }

    private static void close(@Nullable FileChannel channel, @Nullable SnapshotFile base) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Nothing was written.
        }
        if (base != null) {
            base.close();
        }
    }

    private static SnapshotFile openBase(Path path, SnapshotHead head, int depth) {
        SnapshotHead.Base named = head.base();
        if (named == null || depth == MOST_BASES) {
            throw new InputException(
                    "%s: is based on more than %d others; take a full one"
                            .formatted(path, MOST_BASES));
        }
        Path file = path.toAbsolutePath().resolveSibling(named.file());
        if (!Files.exists(file)) {
            throw new InputException(
                    "%s: its base is missing: %s, whose digest is %s; put it there"
                            .formatted(path, file, named.sha256()));
        }
        SnapshotFile base = open(file, depth + 1);
        if (!base.sha256().equals(named.sha256())
                || base.head.memoryBytes() != head.memoryBytes()) {
            base.close();
            throw new InputException(
                    "%s: its base is another snapshot than the %s that is there: that has digest %s, and the base has %s"
                            .formatted(path, file, base.sha256(), named.sha256()));
        }
        return base;
    }

    private static byte[] unpack(byte[] payload, Path path) {
        ByteBuffer fields = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        int size = payload.length < 4 ? -1 : fields.getInt();
        if (size < 0 || size > MOST_STATE) {
            throw new InputException("%s: its state has an impossible size".formatted(path));
        }
        byte[] state = new byte[size];
        long got = Zstd.decompressByteArray(state, 0, size, payload, 4, payload.length - 4);
        if (got != size) {
            throw new InputException("%s: its state cannot be decompressed".formatted(path));
        }
        return state;
    }

    /// What it says of itself.
    public SnapshotHead head() {
        return head;
    }

    /// Where it is.
    public Path path() {
        return path;
    }

    /// The digest of the whole, in hexadecimal, as its trailer says it.
    public String sha256() {
        return HexFormat.of().formatHex(digest);
    }

    /// What it is based on, or null.
    public @Nullable SnapshotFile base() {
        return base;
    }

    /// Blocks in the file itself.
    public int blocks() {
        return index.size();
    }

    /// Pages in the file itself.
    public long ownPages() {
        LongAdder pages = new LongAdder();
        index.forEach(entry -> pages.add(Long.bitCount(entry.present())));
        return pages.sum();
    }

    /// Bytes of the file itself.
    public long bytes() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /// The state of the virtual machine, but for its memory.
    ///
    /// @throws InputException if it has none, or another version's
    public GuestState state() {
        if (head.kind() == SnapshotHead.Kind.WORKING_SET) {
            throw new InputException(
                    "%s: is a working set, and no virtual machine; name the snapshot %s"
                            .formatted(path, base == null ? "" : base.path));
        }
        if (parsed != null) {
            return parsed;
        }
        GuestState read = StateText.read(state, path.toString());
        if (read.vm().settings().memoryBytes() != head.memoryBytes()) {
            throw new InputException("%s: its head and its state disagree".formatted(path));
        }
        parsed = read;
        return read;
    }

    @Override
    public boolean has(long gpa) {
        Entry entry = index.find(gpa);
        long bit = SnapshotFormat.bit(gpa);
        if (entry != null && ((entry.present() | entry.gone()) & bit) != 0) {
            return (entry.present() & bit) != 0;
        }
        return base != null && head.kind() != SnapshotHead.Kind.WORKING_SET && base.has(gpa);
    }

    @Override
    public long read(long gpa, long[] words) {
        Entry entry = index.find(gpa);
        long bit = SnapshotFormat.bit(gpa);
        if (entry == null || ((entry.present() | entry.gone()) & bit) == 0) {
            if (base != null) {
                return base.read(gpa, words);
            }
            Arrays.fill(words, 0);
            return 0;
        }
        if ((entry.gone() & bit) != 0) {
            Arrays.fill(words, 0);
            return 0;
        }
        PageBlock block = cache.get(entry.gpa());
        long read = 0;
        if (block == null) {
            block = readBlock(entry);
            cache.put(entry.gpa(), block);
            read = (long) entry.bytes() + SnapshotFormat.SECTION_BYTES;
        }
        if (!block.read(gpa, words)) {
            throw damaged(entry);
        }
        return read;
    }

    private PageBlock readBlock(Entry entry) {
        try {
            Sections sections = new Sections(path.toString(), channel);
            byte[] payload = sections.payload(entry.offset(), SnapshotFormat.BLOCK);
            PageBlock block = PageBlock.of(payload, entry, zstd);
            if (block == null) {
                throw damaged(entry);
            }
            return block;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private InputException damaged(Entry entry) {
        return new InputException(
                "%s: the block at byte %d, of memory from 0x%x, is not what the index says; the file is damaged"
                        .formatted(path, entry.offset(), entry.gpa()));
    }

    private InputException unreadable(IOException cause) {
        return new InputException(
                "%s: cannot be read any more (%s)".formatted(path, cause.getMessage()), cause);
    }

    @Override
    public void pages(PageSet into) {
        if (base != null && head.kind() != SnapshotHead.Kind.WORKING_SET) {
            base.pages(into);
        }
        index.forEach(entry -> {
            for (int i = 0; i < SnapshotFormat.BLOCK_PAGES; i++) {
                long page = entry.gpa() + (long) i * SnapshotFormat.PAGE;
                if ((entry.gone() >>> i & 1) != 0) {
                    into.remove(page, SnapshotFormat.PAGE);
                } else if ((entry.present() >>> i & 1) != 0) {
                    into.add(page, SnapshotFormat.PAGE);
                }
            }
        });
    }

    /// Reads all of it, and of what it is based on, and checks every checksum.
    ///
    /// @throws InputException if one is wrong
    public void verify() {
        try {
            MessageDigest sha = TraceDigest.sha256();
            ByteBuffer part = ByteBuffer.allocate(1 << 20);
            long left = channel.size() - SnapshotFormat.TRAILER_BYTES;
            for (long at = 0; at < left; at += part.position()) {
                part.clear().limit((int) Math.min(part.capacity(), left - at));
                if (channel.read(part, at) <= 0) {
                    throw new InputException(path + ": ends too early");
                }
                sha.update(part.array(), 0, part.position());
            }
            if (!Arrays.equals(sha.digest(), digest)) {
                throw new InputException(
                        path
                                + ": its contents have another digest than its trailer says; the"
                                + " file is damaged");
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        index.forEach(entry -> {
            if (!readBlock(entry).isWhole()) {
                throw damaged(entry);
            }
        });
        if (base != null) {
            base.verify();
        }
    }

    @Override
    public void close() {
        zstd.close();
        close(channel, base);
    }
}
