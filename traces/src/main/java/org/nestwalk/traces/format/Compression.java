package org.nestwalk.traces.format;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.snappy.FramedSnappyCompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;

/// The ways of compressing that [Decompression] undoes, told by their first bytes. A decoder's
/// classes are loaded when it is first needed.
enum Compression {
    /// RFC 1952, of any number of members.
    GZIP("gzip", 0x1F, 0x8B) {
        @Override
        InputStream decode(BufferedInputStream in, String name, long memory) throws IOException {
            return new GzipDecoder(in);
        }
    },
    /// The .xz file format.
    XZ("xz", 0xFD, '7', 'z', 'X', 'Z', 0) {
        @Override
        InputStream decode(BufferedInputStream in, String name, long memory) throws IOException {
            return LzmaDecoders.xz(in, name, memory);
        }
    },
    /// RFC 8878, of any number of frames.
    ZSTD("zstd", 0x28, 0xB5, 0x2F, 0xFD) {
        @Override
        InputStream decode(BufferedInputStream in, String name, long memory) throws IOException {
            return ZstdDecoder.open(in, name, memory);
        }
    },
    /// A zip of chunks, as DynamoRIO writes it.
    ZIP("zip", 'P', 'K', 3, 4) {
        @Override
        InputStream decode(BufferedInputStream in, String name, long memory) throws IOException {
            return new ChunkedZipInputStream(in, name);
        }
    },
    /// bzip2: a level, then the magic number of the first block.
    BZIP2("bzip2", 'B', 'Z', 'h', Head.ANY, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59) {
        @Override
        InputStream decode(BufferedInputStream in, String name, long memory) throws IOException {
            byte[] magic = {'B', 'Z', 'h'};
            return new StreamsInARow(in, "bzip2", magic, 1, BZip2CompressorInputStream::new);
        }
    },
    /// LZ4's frame format.
    LZ4("lz4", 0x04, 0x22, 0x4D, 0x18) {
        @Override
        InputStream decode(BufferedInputStream in, String name, long memory) throws IOException {
            return new FramedLZ4CompressorInputStream(in, true);
        }
    },
    /// Snappy's framing format, which DynamoRIO writes as .sz.
    SNAPPY("snappy", 0xFF, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y') {
        @Override
        InputStream decode(BufferedInputStream in, String name, long memory) throws IOException {
            return new FramedSnappyCompressorInputStream(in);
        }
    },
    /// The .lzma file format, which has no magic number: see [LzmaDecoders#isLzma].
    LZMA("lzma") {
        @Override
        boolean matches(byte[] head, int length) {
            return LzmaDecoders.isLzma(head, length);
        }

        @Override
        InputStream decode(BufferedInputStream in, String name, long memory) throws IOException {
            return LzmaDecoders.lzma(in, name, memory);
        }
    },
    /// LZ4 from before its frame format.
    LZ4_LEGACY("lz4's legacy format", 0x02, 0x21, 0x4C, 0x18),
    /// A 7z archive.
    SEVEN_ZIP("a 7z archive", '7', 'z', 0xBC, 0xAF, 0x27, 0x1C),
    /// compress(1).
    COMPRESS("compress's .Z", 0x1F, 0x9D),
    /// A zip without entries.
    EMPTY_ZIP("a zip without entries", 'P', 'K', 5, 6);

    /// Constants that constants of the enumeration need.
    static final class Head {
        /// How many bytes tell.
        static final int BYTES = 14;

        private static final int ANY = 0xFFFF;

        private Head() {}
    }

    private final String label;

    /// A character for each byte.
    private final String magic;

    Compression(String label, int... magic) {
        this.label = label;
        this.magic = new String(magic, 0, magic.length);
    }

    /// The one that writes a stream whose `length` first bytes are in `head`, or null.
    static @Nullable Compression of(byte[] head, int length) {
        for (Compression compression : values()) {
            if (compression.matches(head, length)) {
                return compression;
            }
        }
        return null;
    }

    boolean matches(byte[] head, int length) {
        if (length < magic.length()) {
            return false;
        }
        for (int i = 0; i < magic.length(); i++) {
            if (magic.charAt(i) != Head.ANY && (head[i] & 0xFF) != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// The decompressed contents of `in`, the file called `name`. The decoder may use `memory`
    /// bytes.
    InputStream decode(BufferedInputStream in, String name, long memory) throws IOException {
        throw new InputException(
                name
                        + ": this is "
                        + label
                        + ", which Nestwalk does not read; it reads gzip, xz, zstd, bzip2, lz4,"
                        + " lzma, snappy frames and DynamoRIO's zips. Unpack it first");
    }
}
