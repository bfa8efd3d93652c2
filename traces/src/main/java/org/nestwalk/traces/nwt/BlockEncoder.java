package org.nestwalk.traces.nwt;

import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.format.LittleEndian;

/// Turns accesses into the streams of one block; `traces/FORMAT.md` explains the coding.
final class BlockEncoder {
    private static final int MAX_SIZE_IN_BYTE = 62;
    private static final int STAGED = 1 << 13;

    final ByteSink[] streams = new ByteSink[NwtFormat.STREAMS + 1];
    int accesses;
    int segments;

    /// The number of threads in all blocks so far.
    int threads;

    private final Templates templates = new Templates();
    private final Successors successors = new Successors();
    private final Slots slots = new Slots();

    /// Accesses that are not encoded yet; all but the last segment's are by the end of [#add].
    private final long[] address = new long[STAGED];

    private final int[] info = new int[STAGED];
    private final byte[] distance = new byte[STAGED];
    private int staged;

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
        accesses = 0;
        staged = 0;
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

    /// How many accesses of each kind there are, after [#endSegment].
    int[] counts() {
        return templates.counts();
    }

    int templateCount() {
        return templates.count();
    }

    /// Adds accesses `from` up to, not including, `to` of a block.
    void add(TraceBlock block, int from, int to) {
        for (int at = from; at < to; ) {
            int n = Math.min(to - at, STAGED - staged);
            System.arraycopy(block.address, at, address, staged, n);
            System.arraycopy(block.info, at, info, staged, n);
            System.arraycopy(block.distance, at, distance, staged, n);
            staged += n;
            at += n;
            accesses += n;
            encodeSegments(false);
        }
    }

    /// Encodes what was added up to now, the last segment included.
    void endSegment() {
        encodeSegments(true);
    }

    /// Encodes whole segments; the last one, to which more accesses may belong, only `atEnd`.
    private void encodeSegments(boolean atEnd) {
        int at = 0;
        while (at < staged) {
            int end = segmentEnd(at);
            if (end == staged && end - at < NwtFormat.SEGMENT && !atEnd && fetches(at)) {
                break;
            }
            encode(at, end);
            at = end;
        }
        staged -= at;
        System.arraycopy(address, at, address, 0, staged);
        System.arraycopy(info, at, info, 0, staged);
        System.arraycopy(distance, at, distance, 0, staged);
    }

    private boolean fetches(int at) {
        return AccessInfo.kind(info[at]) == Access.FETCH;
    }

    /// The index behind the segment that begins at `at`, as far as accesses are staged.
    private int segmentEnd(int at) {
        if (!fetches(at)) {
            return at + 1;
        }
        int[] info = this.info;
        int of = AccessInfo.thread(info[at]);
        int most = Math.min(at + NwtFormat.SEGMENT, staged);
        long next = address[at] + AccessInfo.size(info[at]);
        for (int i = at + 1; i < most; i++) {
            int access = info[i];
            if (AccessInfo.thread(access) != of) {
                return i;
            }
            if (AccessInfo.kind(access) == Access.FETCH) {
                if (address[i] != next) {
                    return i;
                }
                next += AccessInfo.size(access);
            }
        }
        return most;
    }

    private void encode(int at, int end) {
        int of = AccessInfo.thread(info[at]);
        if (of != thread) {
            thread = of;
            streams[NwtFormat.SEGMENTS].u8(NwtFormat.SEGMENT_THREAD);
            streams[NwtFormat.EXPLICIT].low(thread, 3);
        }
        if (of != 0) {
            for (int i = at; i < end; i++) {
                info[i] = AccessInfo.withoutThread(info[i]);
            }
        }
        int template = encodeTemplate(at, end - at);
        encodeData(at, template);
        templates.use(template);
        threads = Math.max(threads, of + 1);
        segments++;
    }

    /// Encodes which template the segment has, and returns its number.
    private int encodeTemplate(int at, int length) {
        long start = fetches(at) ? address[at] : 0;
        int index = Successors.indexOf(previous, earlier);
        int id = successors.table[index];
        ByteSink out = streams[NwtFormat.SEGMENTS];
        if (templates.is(id, start, info, at, length)) {
            out.u8(NwtFormat.SEGMENT_PREDICTED);
        } else {
            id = encodeUnpredicted(start, at, length, successors.table[index + 1]);
            successors.update(index, id);
        }
        earlier = previous;
        previous = id;
        return id;
    }

    private int encodeUnpredicted(long start, int at, int length, int second) {
        ByteSink out = streams[NwtFormat.SEGMENTS];
        if (templates.is(second, start, info, at, length)) {
            out.u8(NwtFormat.SEGMENT_SECOND);
            return second;
        }
        long hash = start;
        for (int i = at; i < at + length; i++) {
            hash = hash * 0x100000001B3L + info[i];
        }
        int id = templates.find(hash, start, info, at, length);
        if (id < 0) {
            id = templates.count();
            templates.add(hash, start, info, at, length);
            defineTemplate(start, at, length);
            out.u8(NwtFormat.SEGMENT_NEW);
        } else {
            out.u8(NwtFormat.SEGMENT_EXPLICIT);
            streams[NwtFormat.EXPLICIT].low(id, 3);
        }
        return id;
    }

    private void defineTemplate(long start, int at, int length) {
        ByteSink out = streams[NwtFormat.TEMPLATES];
        out.u8(length);
        for (int i = at; i < at + length; i++) {
            int size = AccessInfo.size(info[i]);
            int kind = AccessInfo.kind(info[i]);
            boolean small = size <= MAX_SIZE_IN_BYTE;
            out.u8((kind << 6) | (small ? size : MAX_SIZE_IN_BYTE + 1));
            if (!small) {
                out.u16(size);
            }
        }
        if (fetches(at)) {
            out.varint(zigzag(start - lastStart));
            lastStart = start;
        }
    }

    /// Encodes the data accesses of the segment at `at`, which are where its template has them.
    private void encodeData(int at, int template) {
        int from = templates.dataFrom[template];
        int to = templates.dataFrom[template + 1];
        ByteSink codes = streams[NwtFormat.CODES];
        ByteSink residuals = streams[NwtFormat.RESIDUALS];
        ByteSink distances = streams[NwtFormat.DISTANCES];
        codes.ensure(to - from);
        distances.ensure(to - from);
        residuals.ensure(Long.BYTES * (to - from + 1));
        int[] data = templates.data;
        long[] state = slots.state;
        long before = lastData;
        for (int i = from; i < to; i++) {
            int slot = TemplateTable.slot(data[i]);
            int access = at + TemplateTable.position(data[i]);
            long accessed = address[access];
            long last = state[slot];
            long byStride = zigzag(accessed - (last + state[slot + 1]));
            long byOffset = zigzag(accessed - (before + state[slot + 2]));
            int strideWidth = width(byStride);
            int offsetWidth = width(byOffset);
            boolean stride = strideWidth <= offsetWidth;
            int width = stride ? strideWidth : offsetWidth;
            codes.bytes[codes.size++] = (byte) (stride ? width : width | NwtFormat.BY_OFFSET);
            LittleEndian.putU64(residuals.bytes, residuals.size, stride ? byStride : byOffset);
            residuals.size += width;
            state[slot] = accessed;
            state[slot + 1] = accessed - last;
            state[slot + 2] = accessed - before;
            distances.bytes[distances.size++] = (byte) (distance[access] ^ (int) state[slot + 3]);
            state[slot + 3] = distance[access];
            before = accessed;
        }
        lastData = before;
    }

    static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    private static int width(long value) {
        return (71 - Long.numberOfLeadingZeros(value)) >>> 3;
    }
}
