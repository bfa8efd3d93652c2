package org.nestwalk.traces.nwt;

import java.util.Arrays;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;

/// Turns accesses into the streams of one block; `traces/FORMAT.md` explains the coding.
final class BlockEncoder {
    private static final int MAX_SIZE_IN_BYTE = 62;

    final ByteSink[] streams = new ByteSink[NwtFormat.STREAMS + 1];
    final int[] counts = new int[4];
    int accesses;
    int segments;

    private final Templates templates = new Templates();
    private final Successors successors = new Successors();
    private final Slots slots = new Slots();

    private final int[] segmentInfo = new int[NwtFormat.SEGMENT];
    private final long[] segmentAddress = new long[NwtFormat.SEGMENT];
    private final byte[] segmentDistance = new byte[NwtFormat.SEGMENT];
    private int length;
    private boolean hasFetch;
    private long nextFetch;
    private int segmentThread;

    private int thread;
    private int previous;
    private int earlier;
    private long lastData;
    private long lastStart;

    BlockEncoder() {
        for (int i = 0; i < streams.length; i++) {
            streams[i] = new ByteSink(1 << 16);
        }
        reset();
    }

    /// Starts a block: forgets all that was learnt from the one before.
    void reset() {
        for (ByteSink stream : streams) {
            stream.clear();
        }
        Arrays.fill(counts, 0);
        accesses = 0;
        segments = 0;
        templates.clear();
        successors.reset();
        slots.reset();
        thread = 0;
        previous = 0;
        earlier = 0;
        lastData = 0;
        lastStart = 0;
    }

    int templateCount() {
        return templates.count();
    }

    /// Adds one access, which depends on the data access `distance` before, or on none if that is
    /// 0.
    void add(long address, int info, byte distance) {
        int kind = AccessInfo.kind(info);
        boolean fetch = kind == Access.FETCH;
        if (length > 0 && cuts(fetch, address, info)) {
            endSegment();
        }
        if (length == 0) {
            hasFetch = fetch;
            segmentThread = AccessInfo.thread(info);
        }
        if (fetch) {
            nextFetch = address + AccessInfo.size(info);
        }
        segmentAddress[length] = address;
        segmentDistance[length] = distance;
        segmentInfo[length++] = AccessInfo.withoutThread(info);
        counts[kind]++;
        accesses++;
    }

    private boolean cuts(boolean fetch, long address, int info) {
        return length == NwtFormat.SEGMENT
                || !hasFetch
                || (fetch && address != nextFetch)
                || AccessInfo.thread(info) != segmentThread;
    }

    /// Encodes the accesses added since the last segment's end.
    void endSegment() {
        if (length == 0) {
            return;
        }
        if (segmentThread != thread) {
            thread = segmentThread;
            streams[NwtFormat.SEGMENTS].u8(NwtFormat.SEGMENT_THREAD);
            streams[NwtFormat.EXPLICIT].low(thread, 3);
        }
        encodeTemplate();
        encodeData();
        segments++;
        length = 0;
    }

    private void encodeTemplate() {
        long start = hasFetch ? segmentAddress[0] : 0;
        long hash = start;
        for (int i = 0; i < length; i++) {
            hash = hash * 0x100000001B3L + segmentInfo[i];
        }
        int index = Successors.indexOf(previous, earlier);
        int id = templates.find(hash, start, segmentInfo, length);
        ByteSink out = streams[NwtFormat.SEGMENTS];
        if (id < 0) {
            id = templates.count();
            templates.add(hash, start, segmentInfo, length);
            defineTemplate(start);
            out.u8(NwtFormat.SEGMENT_NEW);
        } else if (successors.table[index] == id) {
            out.u8(NwtFormat.SEGMENT_PREDICTED);
        } else if (successors.table[index + 1] == id) {
            out.u8(NwtFormat.SEGMENT_SECOND);
        } else {
            out.u8(NwtFormat.SEGMENT_EXPLICIT);
            streams[NwtFormat.EXPLICIT].low(id, 3);
        }
        successors.update(index, id);
        earlier = previous;
        previous = id;
    }

    private void defineTemplate(long start) {
        ByteSink out = streams[NwtFormat.TEMPLATES];
        out.u8(length);
        for (int i = 0; i < length; i++) {
            int size = AccessInfo.size(segmentInfo[i]);
            int kind = AccessInfo.kind(segmentInfo[i]);
            boolean small = size <= MAX_SIZE_IN_BYTE;
            out.u8((kind << 6) | (small ? size : MAX_SIZE_IN_BYTE + 1));
            if (!small) {
                out.u16(size);
            }
        }
        if (hasFetch) {
            out.varint(zigzag(start - lastStart));
            lastStart = start;
        }
    }

    private void encodeData() {
        ByteSink codes = streams[NwtFormat.CODES];
        ByteSink residuals = streams[NwtFormat.RESIDUALS];
        ByteSink distances = streams[NwtFormat.DISTANCES];
        long[] state = slots.state;
        long pc = 0;
        int ordinal = 0;
        for (int i = 0; i < length; i++) {
            int info = segmentInfo[i];
            long address = segmentAddress[i];
            if (AccessInfo.kind(info) == Access.FETCH) {
                pc = address;
                ordinal = 0;
                continue;
            }
            int slot = Slots.indexOf(pc, hasFetch ? ordinal++ : info);
            long last = state[slot];
            long byStride = zigzag(address - (last + state[slot + 1]));
            long byOffset = zigzag(address - (lastData + state[slot + 2]));
            int strideWidth = width(byStride);
            int offsetWidth = width(byOffset);
            boolean stride = strideWidth <= offsetWidth;
            int width = stride ? strideWidth : offsetWidth;
            codes.u8(stride ? width : width | NwtFormat.BY_OFFSET);
            residuals.low(stride ? byStride : byOffset, width);
            state[slot] = address;
            state[slot + 1] = address - last;
            state[slot + 2] = address - lastData;
            distances.u8(segmentDistance[i] ^ (int) state[slot + 3]);
            state[slot + 3] = segmentDistance[i];
            lastData = address;
        }
    }

    static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    private static int width(long value) {
        return (71 - Long.numberOfLeadingZeros(value)) >>> 3;
    }
}
