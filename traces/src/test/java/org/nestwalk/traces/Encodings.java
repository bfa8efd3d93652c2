package org.nestwalk.traces;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.apache.commons.compress.compressors.snappy.FramedSnappyCompressorOutputStream;
import org.nestwalk.bits.Access;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.XZOutputStream;

/// Small traces in formats that Nestwalk reads and does not write, and compression.
public final class Encodings {
    private Encodings() {}

    /// `records` ChampSim instructions of `size` bytes (64, or 96 for CloudSuite): instruction `i`
    /// is at 0x401000 + 4 * i, stores to 0x7ffe00000000 + 8 * i, and loads from there plus 4096.
    public static byte[] champSim(int records, int size) {
        ByteBuffer bytes = ByteBuffer.allocate(records * size).order(ByteOrder.LITTLE_ENDIAN);
        int stores = size == 96 ? 24 : 16;
        int loads = size == 96 ? 56 : 32;
        for (int i = 0; i < records; i++) {
            int at = i * size;
            bytes.putLong(at, 0x401000 + 4L * i);
            bytes.put(at + 8, (byte) (i % 5 == 0 ? 1 : 0));
            bytes.put(at + 9, (byte) (i % 10 == 0 ? 1 : 0));
            bytes.put(at + 10, (byte) 6);
            bytes.put(at + 15, (byte) 25);
            bytes.putLong(at + stores, 0x7ffe00000000L + 8L * i);
            bytes.putLong(at + loads + 8, 0x7ffe00001000L + 8L * i);
        }
        return bytes.array();
    }

    /// The data accesses as raw words.
    public static byte[] raw(List<Samples.One> accesses) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * accesses.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (Samples.One access : accesses) {
            int kind = AccessInfo.kind(access.info());
            if (kind != Access.FETCH) {
                long store = kind == Access.STORE ? Long.MIN_VALUE : 0;
                bytes.putLong((access.address() & Long.MAX_VALUE) | store);
            }
        }
        byte[] words = new byte[bytes.position()];
        bytes.get(0, words);
        return words;
    }

    /// The compressions that are undone.
    public enum Codec {
        GZIP,
        XZ,
        ZSTD,
        BZIP2,
        LZ4,
        LZMA,
        SNAPPY;

        /// The default takes seconds.
        private static final FramedLZ4CompressorOutputStream.Parameters FAST =
                new FramedLZ4CompressorOutputStream.Parameters(
                        FramedLZ4CompressorOutputStream.BlockSize.K64,
                        BlockLZ4CompressorOutputStream.createParameterBuilder()
                                .tunedForSpeed()
                                .build());

        /// Compressed `bytes`.
        public byte[] compress(byte[] bytes) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (OutputStream compressed = open(out)) {
                compressed.write(bytes);
            }
            return out.toByteArray();
        }

        private OutputStream open(OutputStream out) throws IOException {
            return switch (this) {
                case GZIP -> new GZIPOutputStream(out);
                case XZ -> new XZOutputStream(out, new LZMA2Options(1));
                case ZSTD -> new ZstdOutputStreamNoFinalizer(out);
                case BZIP2 -> new BZip2CompressorOutputStream(out);
                case LZ4 -> new FramedLZ4CompressorOutputStream(out, FAST);
                case LZMA -> new LZMAOutputStream(out, new LZMA2Options(1), -1);
                case SNAPPY -> new FramedSnappyCompressorOutputStream(out);
            };
        }
    }

    /// Compressed with zstd.
    public static byte[] zstd(byte[] bytes) {
        return Zstd.compress(bytes);
    }

    /// Compressed with xz.
    public static byte[] xz(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream xz = new XZOutputStream(out, new LZMA2Options(1))) {
            xz.write(bytes);
        }
        return out.toByteArray();
    }
}
