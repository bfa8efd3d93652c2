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
    private final ByteBuffer page;
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
        page = WireFormat.direct(unpacks ? WireFormat.PAGE : 0);
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
            int index = batch.add(number * WireFormat.PAGE, in.getLong(entry + Long.BYTES));
            int encoding = (int) (word >>> LENGTH_BITS) & 7;
            get(number, encoding, length, in, batch.offset(index));
        }
        if (in.hasRemaining()) {
            throw new BrokenWireException("there is more than the pages of a list have");
        }
        return batch;
    }

    private void get(long number, int code, int length, ByteBuffer in, int offset) {
        long[] words = batch.words();
        if (code > 3 || !encodings.contains(PageEncoding.at(code))) {
            throw new BrokenWireException(
                    "page 0x%x is written in a way that was not agreed on".formatted(number));
        }
        PageEncoding encoding = PageEncoding.at(code);
        int end = in.position() + length;
        switch (encoding) {
            case ZERO -> {
                require(length == 0, number);
                Arrays.fill(words, offset, offset + GuestMemory.PAGE_WORDS, 0);
            }
            case PLAIN -> {
                require(length == WireFormat.PAGE, number);
                in.asLongBuffer().get(words, offset, GuestMemory.PAGE_WORDS);
            }
            case DELTA -> {
                long[] before = sent == null ? null : sent.find(number);
                if (before == null) {
                    throw wrong(number);
                }
                System.arraycopy(before, 0, words, offset, GuestMemory.PAGE_WORDS);
                DeltaCode.apply(in, length, words, offset);
            }
            case ZSTD -> unpack(number, in, length, words, offset);
        }
        in.position(end);
        if (sent != null) {
            if (encoding == PageEncoding.ZERO) {
                sent.forget(number);
            } else {
                sent.put(number, words, offset);
            }
        }
    }

    private void unpack(long number, ByteBuffer in, int length, long[] words, int offset) {
        if (unpacker == null) {
            throw wrong(number);
        }
        int size;
        try {
            size =
                    unpacker.decompressDirectByteBuffer(
                            page, 0, WireFormat.PAGE, in, in.position(), length);
        } catch (ZstdException e) {
            throw new BrokenWireException(
                    "page 0x%x cannot be unpacked (%s)".formatted(number, e.getMessage()), e);
        }
        require(size == WireFormat.PAGE, number);
        page.clear();
        page.asLongBuffer().get(words, offset, GuestMemory.PAGE_WORDS);
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
