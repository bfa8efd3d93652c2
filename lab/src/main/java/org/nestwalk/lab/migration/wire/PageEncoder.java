package org.nestwalk.lab.migration.wire;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.List;
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
    private final long[] words = new long[GuestMemory.PAGE_WORDS];
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

    /// Writes `batch` as what comes before contents, at the position of `out`, and contents behind
    /// that, unless they can go as they are in the batch.
    ///
    /// @param out a direct buffer with room for [WireFormat#PAGES_BYTES]
    /// @param parts receives what the payload is made of, in order, without what comes before
    ///   contents
    /// @return bytes before the contents
    int put(PageBatch batch, ByteBuffer out, List<ByteBuffer> parts) {
        int size = batch.size();
        int start = out.position();
        out.putLong(size);
        int table = out.position();
        out.position(table + size * WireFormat.ENTRY_BYTES);
        Runs runs = new Runs(parts);
        for (int i = 0; i < size; i++) {
            long number = batch.address(i) / WireFormat.PAGE;
            int from = out.position();
            PageEncoding encoding = put(number, batch, i, out);
            int length = encoding == PageEncoding.PLAIN ? WireFormat.PAGE : out.position() - from;
            if (encoding == PageEncoding.PLAIN) {
                runs.add(batch.bytes(i), batch.offset(i), length);
            } else {
                runs.add(out, from, length);
            }
            counts[encoding.code()]++;
            bytes += length;
            int entry = table + i * WireFormat.ENTRY_BYTES;
            out.putLong(entry, number << 16 | (long) encoding.code() << 13 | length);
            out.putLong(entry + Long.BYTES, batch.checksum(i));
        }
        runs.end();
        return table + size * WireFormat.ENTRY_BYTES - start;
    }

    /// Contents that are beside each other are written at once.
    private static final class Runs {
        private final List<ByteBuffer> parts;
        private @Nullable ByteBuffer buffer;
        private int from;
        private int to;

        Runs(List<ByteBuffer> parts) {
            this.parts = parts;
        }

        @SuppressWarnings("ReferenceEquality") // the same memory
        void add(ByteBuffer next, int offset, int length) {
            if (next != buffer || offset != to) {
                end();
                buffer = next;
                from = offset;
            }
            to = offset + length;
        }

        void end() {
            if (buffer != null && to > from) {
                parts.add(buffer.slice(from, to - from));
            }
            buffer = null;
        }
    }

    /// Appends the contents of a page to `out`, unless they are to go as they are.
    private PageEncoding put(long number, PageBatch batch, int index, ByteBuffer out) {
        if (zeroes && batch.isZero(index)) {
            if (sent != null) {
                sent.forget(number);
            }
            return PageEncoding.ZERO;
        }
        PageEncoding encoding = PageEncoding.PLAIN;
        if (sent != null) {
            batch.copyTo(index, words);
            long[] before = sent.find(number);
            if (before != null && DeltaCode.put(before, words, 0, out, MOST_DELTA)) {
                encoding = PageEncoding.DELTA;
            }
            sent.put(number, words, 0);
        }
        if (encoding == PageEncoding.PLAIN && packer != null) {
            int length = pack(packer, batch.bytes(index), batch.offset(index));
            if (length <= MOST_PACKED) {
                out.put(out.position(), packed, 0, length).position(out.position() + length);
                encoding = PageEncoding.ZSTD;
            }
        }
        return encoding;
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
