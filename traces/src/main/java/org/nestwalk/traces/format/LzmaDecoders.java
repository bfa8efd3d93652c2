package org.nestwalk.traces.format;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.nestwalk.InputException;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.SingleXZInputStream;

/// Decoders of .xz and .lzma, whose dictionaries may not exceed a limit.
final class LzmaDecoders {
    private static final long UNKNOWN_SIZE = -1;
    private static final long MAX_SIZE = 1L << 38;
    private static final int MIN_DICTIONARY = 1 << 12;
    private static final byte[] XZ = {(byte) 0xFD, '7', 'z', 'X', 'Z', 0};
    private static final int PADDING = 4;
    private static final int MAX_PROPERTIES = (4 * 5 + 4) * 9 + 8;

    private LzmaDecoders() {}

    /// The contents of .xz streams, one after another.
    static InputStream xz(BufferedInputStream in, String name, long memory) throws IOException {
        StreamsInARow.Opener opener = stream -> new SingleXZInputStream(stream, kib(memory));
        return limited("xz", name, memory, () -> new StreamsInARow(in, "xz", XZ, PADDING, opener));
    }

    /// The contents of a .lzma file.
    static InputStream lzma(InputStream in, String name, long memory) throws IOException {
        return limited(
                "lzma",
                name,
                memory,
                () -> new OneStream(new LZMAInputStream(in, kib(memory)), in));
    }

    /// Whether these bytes begin a .lzma file, which has no magic number:
    ///
    /// ```text
    ///  byte 0       1          4 5                   12 13
    /// +------------+------------+----------------------+---+----
    /// | properties | dictionary |  uncompressed size   | 0 | ...
    /// +------------+------------+----------------------+---+----
    /// ```
    ///
    /// As xz does: valid properties, a dictionary of 2^n or 2^n + 2^(n-1) bytes, from 4 KiB, and a
    /// size that is unknown or below 256 GiB. Source: XZ Utils, liblzma/common/alone_decoder.c.
    static boolean isLzma(byte[] head, int length) {
        if (length < Compression.Head.BYTES || head[13] != 0 || (head[0] & 0xFF) > MAX_PROPERTIES) {
            return false;
        }
        int dictionary = LittleEndian.i32(head, 1);
        int rest = dictionary & ~Integer.highestOneBit(dictionary);
        boolean round = rest == 0 || rest == Integer.highestOneBit(dictionary) >>> 1;
        boolean possible = Integer.compareUnsigned(dictionary, MIN_DICTIONARY) >= 0;
        long size = LittleEndian.u64(head, 5);
        return (dictionary == -1 || round && possible)
                && (size == UNKNOWN_SIZE || size >= 0 && size < MAX_SIZE);
    }

    private static int kib(long memory) {
        return (int) Math.min(memory >> 10, Integer.MAX_VALUE);
    }

    private interface Opener {
        InputStream open() throws IOException;
    }

    private static InputStream limited(String decoder, String name, long memory, Opener opener)
            throws IOException {
        try {
            return new Limited(opener.open(), decoder, name, memory);
        } catch (MemoryLimitException e) {
            throw refused(e, decoder, name, memory);
        }
    }

    private static InputException refused(
            MemoryLimitException e, String decoder, String name, long memory) {
        return DecoderMemory.refused(name, decoder, (long) e.getMemoryNeeded() << 10, memory);
    }

    /// Later blocks and streams may need more than the first.
    private static final class Limited extends FilterInputStream {
        private final String decoder;
        private final String name;
        private final long memory;

        Limited(InputStream in, String decoder, String name, long memory) {
            super(in);
            this.decoder = decoder;
            this.name = name;
            this.memory = memory;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return in.read(bytes, offset, length);
            } catch (MemoryLimitException e) {
                throw refused(e, decoder, name, memory);
            }
        }
    }

    /// The format holds one stream; what follows is garbage, which the decoder does not look at.
    private static final class OneStream extends FilterInputStream {
        private final InputStream compressed;

        OneStream(InputStream decoder, InputStream compressed) {
            super(decoder);
            this.compressed = compressed;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = in.read(bytes, offset, length);
            if (n < 0 && compressed.read() >= 0) {
                throw new IOException("there is something after the end of the lzma stream");
            }
            return n;
        }
    }
}
