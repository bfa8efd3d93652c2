package org.nestwalk.traces.nwt;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.format.LittleEndian;

/// Decodes one block of `.nwt` after the other; needs nothing but the block's payload.
final class BlockDecoder {
    /// Residuals are read eight bytes at a time, beyond the stream's end.
    private static final int PADDING = 8;

    private static final long[] MASK = masks();

    private final boolean dependence;
    private final byte[][] streams = new byte[NwtFormat.STREAMS + 1][PADDING];
    private final int[] sizes = new int[NwtFormat.STREAMS + 1];
    private final TemplateTable templates = new TemplateTable();
    private final Successors successors = new Successors();
    private final Slots slots = new Slots();

    private int accessesLeft;
    private int segmentAt;
    private int explicitAt;
    private int codeAt;
    private int residualAt;
    private int newTemplates;
    private int previous;
    private int earlier;
    private int threadBits;
    private long lastData;

    /// A decoder of blocks that say which accesses depend on which, or do not.
    BlockDecoder(boolean dependence) {
        this.dependence = dependence;
    }

    /// Starts decoding the block whose payload is `bytes[from..from + length)`.
    void load(byte[] bytes, int from, int length) {
        if (length < NwtFormat.BLOCK_HEAD) {
            throw new DamagedBlockException("it is too short");
        }
        accessesLeft = LittleEndian.i32(bytes, from);
        int segments = LittleEndian.i32(bytes, from + 20);
        int templateCount = LittleEndian.i32(bytes, from + 24);
        if (!within(accessesLeft, NwtFormat.MAX_BLOCK_ACCESSES)
                || !within(segments, accessesLeft)
                || !within(templateCount, segments)
                || (templateCount == 0 && accessesLeft > 0)) {
            throw new DamagedBlockException("its counts are impossible");
        }
        int at = from + NwtFormat.BLOCK_HEAD;
        for (int s = 0; s < NwtFormat.STREAMS; s++) {
            int head = from + 28 + 8 * s;
            int packed = LittleEndian.i32(bytes, head + 4);
            if (packed < 0 || packed > from + length - at) {
                throw new DamagedBlockException("a stream exceeds it");
            }
            inflate(s, LittleEndian.i32(bytes, head), bytes, at, packed);
            at += packed;
        }
        if (dependence) {
            loadDistances(bytes, at, from + length);
        }
        templates.decode(templateCount, streams[NwtFormat.TEMPLATES], sizes[NwtFormat.TEMPLATES]);
        successors.reset();
        slots.reset();
        segmentAt = 0;
        explicitAt = 0;
        codeAt = 0;
        residualAt = 0;
        newTemplates = 0;
        previous = 0;
        earlier = 0;
        threadBits = 0;
        lastData = 0;
    }

    private void loadDistances(byte[] bytes, int at, int end) {
        if (end - at < 8) {
            throw new DamagedBlockException("it lacks the distances that the header promises");
        }
        int packed = LittleEndian.i32(bytes, at + 4);
        if (packed < 0 || packed > end - at - 8) {
            throw new DamagedBlockException("its distances exceed it");
        }
        int stream = NwtFormat.DISTANCES;
        inflate(stream, LittleEndian.i32(bytes, at), bytes, at + 8, packed);
        if (sizes[stream] != sizes[NwtFormat.CODES]) {
            throw new DamagedBlockException("it has not one distance for each data access");
        }
    }

    /// How many accesses of the block are not decoded yet.
    int accessesLeft() {
        return accessesLeft;
    }

    private static boolean within(int value, int max) {
        return value >= 0 && value <= max;
    }

    private void inflate(int stream, int size, byte[] bytes, int at, int packed) {
        if (!within(size, 9 * NwtFormat.MAX_BLOCK_ACCESSES)) {
            throw new DamagedBlockException("a stream is impossibly long");
        }
        if (streams[stream].length < size + PADDING) {
            streams[stream] = new byte[size + size / 4 + PADDING];
        }
        sizes[stream] = size;
        if (size == 0) {
            return;
        }
        try {
            long n = Zstd.decompressByteArray(streams[stream], 0, size, bytes, at, packed);
            if (n != size) {
                throw new DamagedBlockException(
                        "a stream does not have the length that it promises");
            }
        } catch (ZstdException e) {
            throw new DamagedBlockException(
                    "a stream does not decompress (" + e.getMessage() + ")");
        }
    }

    /// Appends whole segments to `block` while there are any and the next is sure to fit.
    void decode(TraceBlock block) {
        int room = block.capacity() - NwtFormat.SEGMENT;
        int out = block.count;
        int left = accessesLeft;
        if (!dependence) {
            Arrays.fill(block.distance, out, block.capacity(), (byte) 0);
        }
        while (left > 0 && out <= room) {
            int length = expand(nextTemplate(), block, out);
            out += length;
            left -= length;
        }
        if (left < 0) {
            throw new DamagedBlockException("it has more accesses than it promises");
        }
        if (segmentAt > sizes[NwtFormat.SEGMENTS]
                || codeAt > sizes[NwtFormat.CODES]
                || residualAt > sizes[NwtFormat.RESIDUALS]) {
            throw new DamagedBlockException("a stream ends early");
        }
        accessesLeft = left;
        block.count = out;
    }

    private int nextTemplate() {
        int index = Successors.indexOf(previous, earlier);
        int code = streams[NwtFormat.SEGMENTS][segmentAt++];
        int template = code == 0 ? successors.table[index] : unpredicted(code, index);
        successors.update(index, template);
        earlier = previous;
        previous = template;
        return template;
    }

    private int unpredicted(int code, int index) {
        int next = code;
        if (next == NwtFormat.SEGMENT_THREAD) {
            threadBits = AccessInfo.pack(0, 0, explicit() & AccessInfo.MAX_THREAD);
            next = streams[NwtFormat.SEGMENTS][segmentAt++];
        }
        int template =
                switch (next) {
                    case NwtFormat.SEGMENT_PREDICTED -> successors.table[index];
                    case NwtFormat.SEGMENT_SECOND -> successors.table[index + 1];
                    case NwtFormat.SEGMENT_NEW -> newTemplates++;
                    case NwtFormat.SEGMENT_EXPLICIT -> explicit();
                    default -> -1;
                };
        if (template < 0 || template >= templates.count || segmentAt > sizes[NwtFormat.SEGMENTS]) {
            throw new DamagedBlockException("a segment has no template");
        }
        return template;
    }

    private int explicit() {
        int value = LittleEndian.i32(streams[NwtFormat.EXPLICIT], explicitAt) & 0xFFFFFF;
        explicitAt += 3;
        return value;
    }

    /// Expands a segment from its template to `block` from index `out`, and returns its length.
    ///
    /// Everything is copied in one go, although only fetches have their addresses in the template:
    /// a loop over accesses that tells kinds apart would mispredict about once a segment.
    private int expand(int template, TraceBlock block, int out) {
        int first = templates.from[template];
        int length = templates.from[template + 1] - first;
        System.arraycopy(templates.address, first, block.address, out, length);
        System.arraycopy(templates.info, first, block.info, out, length);
        if (threadBits != 0) {
            addThread(block.info, out, out + length);
        }
        if (dependence) {
            Arrays.fill(block.distance, out, out + length, (byte) 0);
            expandDistances(template, block.distance, out);
        }
        expandData(template, block.address, out);
        return length;
    }

    private void addThread(int[] info, int from, int to) {
        int bits = threadBits;
        for (int i = from; i < to; i++) {
            info[i] |= bits;
        }
    }

    /// Predicts and corrects the addresses of a segment's data; keeps what it touches in locals.
    private void expandData(int template, long[] address, int out) {
        int[] data = templates.data;
        long[] state = slots.state;
        byte[] codes = streams[NwtFormat.CODES];
        byte[] residuals = streams[NwtFormat.RESIDUALS];
        int end = templates.dataFrom[template + 1];
        int nextCode = codeAt;
        int nextResidual = residualAt;
        long before = lastData;
        for (int i = templates.dataFrom[template]; i < end; i++) {
            int slot = TemplateTable.slot(data[i]);
            int code = codes[nextCode++];
            long last = state[slot];
            long byStride = last + state[slot + 1];
            long byOffset = before + state[slot + 2];
            // Both are computed, so that a choice that is hard to predict costs no branch.
            long value = (code & NwtFormat.BY_OFFSET) == 0 ? byStride : byOffset;
            int width = code & NwtFormat.WIDTH;
            long zigzag = LittleEndian.u64(residuals, nextResidual) & MASK[width];
            value += (zigzag >>> 1) ^ -(zigzag & 1);
            nextResidual += width;
            state[slot] = value;
            state[slot + 1] = value - last;
            state[slot + 2] = value - before;
            before = value;
            address[out + TemplateTable.position(data[i])] = value;
        }
        codeAt = nextCode;
        residualAt = nextResidual;
        lastData = before;
    }

    /// Corrects the distances of a segment's data, before the codes of the same are passed.
    private void expandDistances(int template, byte[] distance, int out) {
        int[] data = templates.data;
        byte[] changes = streams[NwtFormat.DISTANCES];
        int at = codeAt;
        int end = templates.dataFrom[template + 1];
        for (int i = templates.dataFrom[template]; i < end; i++) {
            int before = TemplateTable.slot(data[i]) + 3;
            int value = changes[at++] ^ (int) slots.state[before];
            if (value < 0 || value > Access.FARTHEST) {
                throw new DamagedBlockException("a distance is not within 0 to 14");
            }
            slots.state[before] = value;
            distance[out + TemplateTable.position(data[i])] = (byte) value;
        }
    }

    private static long[] masks() {
        long[] masks = new long[16];
        Arrays.fill(masks, -1);
        for (int width = 0; width < 8; width++) {
            masks[width] = (1L << (8 * width)) - 1;
        }
        return masks;
    }
}
