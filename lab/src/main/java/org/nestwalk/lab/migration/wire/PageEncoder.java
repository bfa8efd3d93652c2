package org.nestwalk.lab.migration.wire;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.PageBatch;
import org.nestwalk.machine.GuestMemory;

/// Writes batches of pages into payloads of frames.
final class PageEncoder implements AutoCloseable {
    private static final int LEVEL = 1;

    // What shrinks by less than an eighth costs more time to pack than to send.
    private static final int MOST_PACKED = WireFormat.PAGE - WireFormat.PAGE / 8;
    private static final int MOST_DELTA = WireFormat.PAGE / 2;

    private final boolean zeroes;
    private final @Nullable SentPages sent;
    private final @Nullable ZstdCompressCtx packer;
    private final ByteBuffer packed;
    private final long[] counts = new long[PageEncoding.values().length];
    private long bytes;

    /// @param encodings that may be used
    /// @param cachePages of which the last version is kept for deltas
    PageEncoder(Set<PageEncoding> encodings, int cachePages) {
        zeroes = encodings.contains(PageEncoding.ZERO);
        sent =
                encodings.contains(PageEncoding.DELTA) && cachePages > 0
                        ? new SentPages(cachePages)
                        : null;
        boolean packs = encodings.contains(PageEncoding.ZSTD);
        packer = packs ? new ZstdCompressCtx().setLevel(LEVEL) : null;
        packed = WireFormat.direct(packs ? WireFormat.PAGE : 0);
    }

    /// Appends `batch` to `out`, a direct buffer with room for [WireFormat#PAGES_BYTES].
    ///
    /// @return bytes before the contents
    int put(PageBatch batch, ByteBuffer out) {
        int size = batch.size();
        int start = out.position();
        out.putLong(size);
        int table = out.position();
        out.position(table + size * WireFormat.ENTRY_BYTES);
        for (int i = 0; i < size; i++) {
            long number = batch.address(i) / WireFormat.PAGE;
            int from = out.position();
            PageEncoding encoding = put(number, batch.words(), batch.offset(i), out);
            int length = out.position() - from;
            counts[encoding.code()]++;
            bytes += length;
            int entry = table + i * WireFormat.ENTRY_BYTES;
            out.putLong(entry, number << 16 | (long) encoding.code() << 13 | length);
            out.putLong(entry + Long.BYTES, batch.checksum(i));
        }
        return table + size * WireFormat.ENTRY_BYTES - start;
    }

    private PageEncoding put(long number, long[] words, int offset, ByteBuffer out) {
        if (zeroes && isZero(words, offset)) {
            if (sent != null) {
                sent.forget(number);
            }
            return PageEncoding.ZERO;
        }
        PageEncoding encoding = putContents(number, words, offset, out);
        if (sent != null) {
            sent.put(number, words, offset);
        }
        return encoding;
    }

    private PageEncoding putContents(long number, long[] words, int offset, ByteBuffer out) {
        long[] before = sent == null ? null : sent.find(number);
        if (before != null && DeltaCode.put(before, words, offset, out, MOST_DELTA)) {
            return PageEncoding.DELTA;
        }
        int from = out.position();
        out.asLongBuffer().put(words, offset, GuestMemory.PAGE_WORDS);
        if (packer != null) {
            int length = pack(packer, out, from);
            if (length <= MOST_PACKED) {
                out.put(from, packed, 0, length).position(from + length);
                return PageEncoding.ZSTD;
            }
        }
        out.position(from + WireFormat.PAGE);
        return PageEncoding.PLAIN;
    }

    private int pack(ZstdCompressCtx packer, ByteBuffer pages, int from) {
        try {
            return packer.compressDirectByteBuffer(
                    packed, 0, MOST_PACKED, pages, from, WireFormat.PAGE);
        } catch (ZstdException e) {
            // It has not enough room.
            return WireFormat.PAGE;
        }
    }

    private static boolean isZero(long[] words, int offset) {
        int end = offset + GuestMemory.PAGE_WORDS;
        for (int i = offset; i < end; i += 8) {
            long any = words[i] | words[i + 1] | words[i + 2] | words[i + 3];
            any |= words[i + 4] | words[i + 5] | words[i + 6] | words[i + 7];
            if (any != 0) {
                return false;
            }
        }
        return true;
    }

    /// What has been written so far.
    PageCounts counts() {
        return new PageCounts(
                counts[PageEncoding.PLAIN.code()],
                counts[PageEncoding.ZERO.code()],
                counts[PageEncoding.DELTA.code()],
                counts[PageEncoding.ZSTD.code()],
                bytes);
    }

    @Override
    public void close() {
        if (packer != null) {
            packer.close();
        }
    }
}
