package org.nestwalk.traces.format;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.tukaani.xz.XZInputStream;

/// Recognises compressed streams by their first bytes and undoes the compression.
public final class Decompression {
    private static final int BUFFER = 1 << 16;
    private static final int XZ_MEMORY_KIB = 256 << 10;
    private static final int MAX_LAYERS = 3;

    private Decompression() {}

    /// The contents of `stream` behind up to three layers of gzip, xz, zstd or zip-of-chunks; the
    /// stream itself where none is recognised. `name` is for messages.
    public static InputStream open(InputStream stream, String name) {
        InputStream inner = stream;
        try {
            for (int layer = 0; layer < MAX_LAYERS; layer++) {
                BufferedInputStream buffered = new BufferedInputStream(inner, BUFFER);
                InputStream contents = unwrap(buffered);
                if (contents == null) {
                    return buffered;
                }
                inner = contents;
            }
            return inner;
        } catch (InputException e) {
            throw new InputException(name + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            throw new InputException(
                    name + ": at byte 0: the compressed file's header is damaged or cut short", e);
        }
    }

    /// The decompressed contents, or null if the stream is not compressed.
    private static @Nullable InputStream unwrap(BufferedInputStream stream) throws IOException {
        byte[] magic = new byte[6];
        stream.mark(magic.length);
        int n = stream.readNBytes(magic, 0, magic.length);
        stream.reset();
        if (startsWith(magic, n, 0x1F, 0x8B)) {
            return new GZIPInputStream(stream, BUFFER);
        }
        if (startsWith(magic, n, 0xFD, '7', 'z', 'X', 'Z', 0)) {
            return new XZInputStream(stream, XZ_MEMORY_KIB);
        }
        if (startsWith(magic, n, 0x28, 0xB5, 0x2F, 0xFD)) {
            return new ZstdInputStreamNoFinalizer(stream);
        }
        if (startsWith(magic, n, 'P', 'K', 3, 4)) {
            return new ChunkedZipInputStream(stream);
        }
        return null;
    }

    private static boolean startsWith(byte[] bytes, int n, int... magic) {
        if (n < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[i] & 0xFF) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
