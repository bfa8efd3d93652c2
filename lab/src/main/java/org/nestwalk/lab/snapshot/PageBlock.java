package org.nestwalk.lab.snapshot;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.snapshot.SnapshotFormat.Entry;

/// A block of a snapshot as it was read, whose groups of pages are decompressed when one of their
/// pages is first wanted: an access needs a page, and decompressing all would take most of the time
/// that it waits.
final class PageBlock {
    private final byte[] payload;
    private final Entry entry;
    private final ZstdDecompressCtx zstd;
    private final int[] offsets = new int[SnapshotFormat.GROUPS + 1];
    private final byte[] @Nullable [] groups = new byte[SnapshotFormat.GROUPS][];

    private PageBlock(byte[] payload, Entry entry, ZstdDecompressCtx zstd) {
        this.payload = payload;
        this.entry = entry;
        this.zstd = zstd;
    }

    /// The block in `payload`; null if it is not the one that `entry` of the index names.
    static @Nullable PageBlock of(byte[] payload, Entry entry, ZstdDecompressCtx zstd) {
        if (payload.length != entry.bytes()
                || payload.length < SnapshotFormat.BLOCK_HEAD_BYTES
                || SnapshotFormat.crc(payload, 0, payload.length) != entry.crc()) {
            return null;
        }
        ByteBuffer fields = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        PageBlock block = new PageBlock(payload, entry, zstd);
        boolean right =
                fields.getLong() == entry.gpa()
                        && fields.getLong() == entry.present()
                        && fields.getLong() == entry.gone();
        long at = SnapshotFormat.BLOCK_HEAD_BYTES;
        for (int group = 0; group < SnapshotFormat.GROUPS; group++) {
            block.offsets[group] = (int) at;
            int size = fields.getInt();
            at += size;
            right = right && size >= 0 && at <= payload.length;
        }
        block.offsets[SnapshotFormat.GROUPS] = (int) at;
        return right && at == payload.length ? block : null;
    }

    /// Copies the page at `gpa`, which it has, to `words`.
    ///
    /// @return false if it cannot be decompressed
    boolean read(long gpa, long[] words) {
        int page = (int) (gpa / SnapshotFormat.PAGE % SnapshotFormat.BLOCK_PAGES);
        int group = page / SnapshotFormat.GROUP_PAGES;
        byte[] pages = group(group);
        if (pages == null) {
            return false;
        }
        long before = SnapshotFormat.bit(gpa) - 1 & SnapshotFormat.groupMask(group);
        int place = Long.bitCount(entry.present() & before) * SnapshotFormat.PAGE;
        ByteBuffer.wrap(pages, place, SnapshotFormat.PAGE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(words);
        return true;
    }

    /// Whether all of it can be decompressed.
    boolean isWhole() {
        boolean whole = true;
        for (int group = 0; group < SnapshotFormat.GROUPS; group++) {
            whole &= group(group) != null;
        }
        return whole;
    }

    private byte @Nullable [] group(int group) {
        byte[] pages = groups[group];
        return pages == null ? decompressed(group) : pages;
    }

    private byte @Nullable [] decompressed(int group) {
        long present = entry.present() & SnapshotFormat.groupMask(group);
        byte[] pages = new byte[Long.bitCount(present) * SnapshotFormat.PAGE];
        int from = offsets[group];
        int length = offsets[group + 1] - from;
        try {
            int got =
                    length == 0
                            ? 0
                            : zstd.decompressByteArray(
                                    pages, 0, pages.length, payload, from, length);
            if (got != pages.length) {
                return null;
            }
        } catch (ZstdException e) {
            return null;
        }
        groups[group] = pages;
        return pages;
    }
}
