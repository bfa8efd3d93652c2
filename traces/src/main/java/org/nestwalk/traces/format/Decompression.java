package org.nestwalk.traces.format;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.nestwalk.InputException;

/// Recognises compressed streams by their first bytes and undoes the compression.
public final class Decompression {
    private static final int BUFFER = 1 << 16;
    private static final int MAX_LAYERS = 3;
    private static final int SKIPPABLE = 0x184D2A50;
    private static final int SKIPPABLE_HEADER = 8;

    private Decompression() {}

    /// The contents of `stream` behind up to three layers of [Compression]; the stream itself where
    /// none is recognised. `name` is for messages. An [InputException] says what cannot be read, or
    /// that decoding needs more memory than the environment variable NESTWALK_DECODER_MEMORY allows
    /// (256 MiB where it is not set).
    public static InputStream open(InputStream stream, String name) {
        return open(stream, name, DecoderMemory.allowed());
    }

    /// The same, with decoders of at most `memory` bytes.
    static InputStream open(InputStream stream, String name, long memory) {
        InputStream inner = stream;
        try {
            for (int layer = 0; layer < MAX_LAYERS; layer++) {
                BufferedInputStream buffered = new BufferedInputStream(inner, BUFFER);
                boolean skipped = skipFrames(buffered);
                byte[] head = new byte[Compression.Head.BYTES];
                Compression compression = Compression.of(head, peek(buffered, head));
                boolean frames = compression == Compression.ZSTD || compression == Compression.LZ4;
                if (skipped && !frames) {
                    throw new InputException(
                            name
                                    + ": neither a zstd nor an lz4 frame follows its skippable"
                                    + " frames; the file is damaged or cut short");
                }
                if (compression == null) {
                    return buffered;
                }
                inner = compression.decode(buffered, name, memory);
            }
            return inner;
        } catch (InputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new InputException(
                    name
                            + ": its beginning cannot be decompressed ("
                            + ByteInput.detail(e)
                            + "); the file is damaged or cut short",
                    e);
        }
    }

    /// Skips frames without data, which zstd and lz4 share; pzstd begins its files with one. Says
    /// whether there was any.
    private static boolean skipFrames(BufferedInputStream stream) throws IOException {
        byte[] header = new byte[SKIPPABLE_HEADER];
        boolean skipped = false;
        while (peek(stream, header) == SKIPPABLE_HEADER
                && (LittleEndian.i32(header, 0) & ~0xF) == SKIPPABLE) {
            stream.skipNBytes(
                    SKIPPABLE_HEADER + Integer.toUnsignedLong(LittleEndian.i32(header, 4)));
            skipped = true;
        }
        return skipped;
    }

    private static int peek(BufferedInputStream stream, byte[] head) throws IOException {
        stream.mark(head.length);
        int n = stream.readNBytes(head, 0, head.length);
        stream.reset();
        return n;
    }
}
