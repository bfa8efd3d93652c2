package org.nestwalk.lab.migration.wire;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.PageBatch;
import org.nestwalk.machine.GuestMemory;

/// Reads batches of pages from payloads of frames. That contents are right is not its matter: each
/// page has a checksum, which whoever keeps it holds against them.
final class PageDecoder implements AutoCloseable {
    private static final int LENGTH_BITS = 13;
    private static final int NUMBER_AT = 16;

    private final Set<PageEncoding> encodings;
    private final WireLimits limits;
    private final @Nullable SentPages sent;
    private final @Nullable ZstdDecompressCtx unpacker;
    private final long[] words = new long[GuestMemory.PAGE_WORDS];
    private final CRC32C crc = new CRC32C();
    private final PageBatch batch = new PageBatch();

    PageDecoder(Set<PageEncoding> encodings, int cachePages, WireLimits limits) {
        this.encodings = encodings;
        this.limits = limits;
        sent =
                encodings.contains(PageEncoding.DELTA) && cachePages > 0
                        ? new SentPages(cachePages)
                        : null;
        boolean unpacks = encodings.contains(PageEncoding.ZSTD);
        unpacker = unpacks ? new ZstdDecompressCtx() : null;
    }

    /// The pages of the payload that is all of `in`, a direct buffer.
    ///
    /// @param expected the CRC-32C of what comes before contents
    /// @return a batch that is used again by the next call
    /// @throws BrokenWireException if it is no such payload
    PageBatch get(ByteBuffer in, int expected) {
        long count = in.remaining() < WireFormat.COUNT_BYTES ? 0 : in.getLong();
        if (count < 1
                || count > PageBatch.PAGES
                || in.remaining() < count * WireFormat.ENTRY_BYTES) {
            throw new BrokenWireException(
                    "the other side sends %d pages at once; it has to be 1 to %d, all of them there"
                            .formatted(count, PageBatch.PAGES));
        }
        int table = in.position();
        int contents = table + (int) count * WireFormat.ENTRY_BYTES;
        if (WireFormat.crc(crc, in, table - WireFormat.COUNT_BYTES, contents) != expected) {
            throw new BrokenWireException("a list of pages is damaged: its checksum is wrong");
        }
        in.position(contents);
        batch.clear();
        PageBatch.Loan lent = batch.borrow(in);
        for (int i = 0; i < count; i++) {
            int entry = table + i * WireFormat.ENTRY_BYTES;
            long word = in.getLong(entry);
            long number = word >>> NUMBER_AT;
            int length = (int) word & (1 << LENGTH_BITS) - 1;
            if (number >= limits.memoryBytes() / WireFormat.PAGE) {
                throw new BrokenWireException(
                        "the other side sends page 0x%x, which is outside memory"
                                .formatted(number));
            }
            if (length > in.remaining()) {
                throw wrong(number);
            }
            PageEncoding encoding = encoding(number, (int) (word >>> LENGTH_BITS) & 7);
            long gpa = number * WireFormat.PAGE;
            long sum = in.getLong(entry + Long.BYTES);
            int end = in.position() + length;
            if (encoding == PageEncoding.PLAIN) {
                require(length == WireFormat.PAGE, number);
                keep(number, lent.add(gpa, sum, in.position()));
            } else {
                get(number, encoding, length, in, batch.add(gpa, sum));
            }
            in.position(end);
        }
        if (in.hasRemaining()) {
            throw new BrokenWireException("there is more than the pages of a list have");
        }
        return batch;
    }

    private PageEncoding encoding(long number, int code) {
        if (code > 3 || !encodings.contains(PageEncoding.at(code))) {
            throw new BrokenWireException(
                    "page 0x%x is written in a way that was not agreed on".formatted(number));
        }
        return PageEncoding.at(code);
    }

    /// Fills in page `index` of the batch.
    private void get(long number, PageEncoding encoding, int length, ByteBuffer in, int index) {
        switch (encoding) {
            case PLAIN -> throw new IllegalArgumentException("it is where it is");
            case ZERO -> {
                require(length == 0, number);
                Arrays.fill(words, 0);
                batch.copyFrom(words, index);
                if (sent != null) {
                    sent.forget(number);
                }
            }
            case DELTA -> {
                long[] before = sent == null ? null : sent.find(number);
                if (before == null) {
                    throw wrong(number);
                }
                System.arraycopy(before, 0, words, 0, GuestMemory.PAGE_WORDS);
                DeltaCode.apply(in, length, words, 0);
                batch.copyFrom(words, index);
                keep(number, index);
            }
            case ZSTD -> {
                unpack(number, in, length, batch.bytes(index), batch.offset(index));
                keep(number, index);
            }
        }
    }

    /// Keeps page `index` of the batch for deltas, if there are any.
    private void keep(long number, int index) {
        if (sent != null) {
            batch.copyTo(index, words);
            sent.put(number, words, 0);
        }
    }

    private void unpack(long number, ByteBuffer in, int length, ByteBuffer page, int offset) {
        if (unpacker == null) {
            throw wrong(number);
        }
        int size;
        try {
            size =
                    unpacker.decompressDirectByteBuffer(
                            page, offset, WireFormat.PAGE, in, in.position(), length);
        } catch (ZstdException e) {
            throw new BrokenWireException(
                    "page 0x%x cannot be unpacked (%s)".formatted(number, e.getMessage()), e);
        }
        require(size == WireFormat.PAGE, number);
    }

    private static void require(boolean holds, long number) {
        if (!holds) {
            throw wrong(number);
        }
    }

    private static BrokenWireException wrong(long number) {
        return new BrokenWireException(
                "page 0x%x has contents of an impossible length".formatted(number));
    }

    @Override
    public void close() {
        if (unpacker != null) {
            unpacker.close();
        }
    }
}
