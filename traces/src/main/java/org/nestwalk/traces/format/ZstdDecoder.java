package org.nestwalk.traces.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.nestwalk.InputException;

/// Decodes zstd frames, whose windows may not exceed a limit.
final class ZstdDecoder extends FilterInputStream {
    private static final int MAX_HEADER = 14;
    private static final int MIN_LOG = 10;
    private static final int MAX_LOG = 31;

    private final String name;
    private final long memory;

    private ZstdDecoder(InputStream in, String name, long memory) {
        super(in);
        this.name = name;
        this.memory = memory;
    }

    /// The contents of the frames in `in`, which begins with one.
    static InputStream open(BufferedInputStream in, String name, long memory) throws IOException {
        byte[] head = new byte[MAX_HEADER];
        in.mark(MAX_HEADER);
        in.readNBytes(head, 0, MAX_HEADER);
        in.reset();
        long window = window(head);
        if (Long.compareUnsigned(window, memory) > 0) {
            throw refused(name, window, memory);
        }
        ZstdInputStreamNoFinalizer decoder = new ZstdInputStreamNoFinalizer(in);
        int allowed = 63 - Long.numberOfLeadingZeros(Math.max(memory, 1));
        int needed = 64 - Long.numberOfLeadingZeros(Math.max(window - 1, 0));
        decoder.setLongMax(Math.clamp(Math.max(allowed, needed), MIN_LOG, MAX_LOG));
        return new ZstdDecoder(decoder, name, memory);
    }

    /// The bytes of window that the frame whose header begins with `head` asks for: those of its
    /// window descriptor, or its content if that is in a single segment. Source: RFC 8878, 3.1.1.1.
    static long window(byte[] head) {
        int descriptor = head[4] & 0xFF;
        boolean singleSegment = (descriptor & 0x20) != 0;
        if (!singleSegment) {
            int exponent = (head[5] & 0xFF) >>> 3;
            long base = 1L << (MIN_LOG + exponent);
            return base + (base >>> 3) * (head[5] & 7);
        }
        int dictionaryId = new int[] {0, 1, 2, 4}[descriptor & 3];
        byte[] size = new byte[8];
        int bytes = 1 << (descriptor >>> 6);
        System.arraycopy(
                head, 5 + dictionaryId, size, 0, Math.min(bytes, MAX_HEADER - 5 - dictionaryId));
        return LittleEndian.u64(size, 0) + (bytes == 2 ? 256 : 0);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return in.read(bytes, offset, length);
        } catch (ZstdIOException e) {
            if (e.getErrorCode() == Zstd.errFrameParameterWindowTooLarge()) {
                // A later frame's; the next power of two is the least that can be meant.
                throw refused(name, 2 * Long.highestOneBit(Math.max(memory, 1)), memory);
            }
            throw e;
        }
    }

    private static InputException refused(String name, long window, long memory) {
        return DecoderMemory.refused(name, "zstd with a long window", window, memory);
    }
}
