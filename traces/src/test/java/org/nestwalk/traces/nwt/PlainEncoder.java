package org.nestwalk.traces.nwt;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;

/// The coding of a block as `traces/FORMAT.md` describes it, sentence by sentence.
final class PlainEncoder {
    private final ByteArrayOutputStream[] streams = new ByteArrayOutputStream[6];
    private final Map<List<Long>, Integer> templates = new HashMap<>();
    private final int[][] followed = new int[1 << 15][2];
    private final long[][] slots = new long[1 << 15][4];
    final int[] counts = new int[4];
    int segments;
    private int thread;
    private int previous;
    private int earlier;
    private long lastStart;
    private long lastData;

    byte[] stream(int number) {
        return streams[number].toByteArray();
    }

    void encode(TraceBlock block) {
        reset();
        for (int at = 0; at < block.count; ) {
            int end = segmentEnd(block, at);
            segment(block, at, end);
            at = end;
        }
    }

    private void reset() {
        for (int i = 0; i < streams.length; i++) {
            streams[i] = new ByteArrayOutputStream();
        }
        templates.clear();
        for (int i = 0; i < slots.length; i++) {
            followed[i] = new int[2];
            slots[i] = new long[4];
        }
        Arrays.fill(counts, 0);
        segments = 0;
        thread = 0;
        previous = 0;
        earlier = 0;
        lastStart = 0;
        lastData = 0;
    }

    private static boolean fetch(TraceBlock block, int i) {
        return AccessInfo.kind(block.info[i]) == Access.FETCH;
    }

    private static int segmentEnd(TraceBlock block, int at) {
        int end = at + 1;
        long next = block.address[at] + AccessInfo.size(block.info[at]);
        while (fetch(block, at)
                && end < block.count
                && end - at < 64
                && AccessInfo.thread(block.info[end]) == AccessInfo.thread(block.info[at])
                && (!fetch(block, end) || block.address[end] == next)) {
            next += fetch(block, end) ? AccessInfo.size(block.info[end]) : 0;
            end++;
        }
        return end;
    }

    private void segment(TraceBlock block, int at, int end) {
        segments++;
        if (AccessInfo.thread(block.info[at]) != thread) {
            thread = AccessInfo.thread(block.info[at]);
            streams[1].write(4);
            low(streams[2], thread, 3);
        }
        List<Long> shape = new ArrayList<>();
        shape.add(fetch(block, at) ? block.address[at] : 0);
        for (int i = at; i < end; i++) {
            shape.add((long) AccessInfo.withoutThread(block.info[i]));
            counts[AccessInfo.kind(block.info[i])]++;
        }
        Integer known = templates.get(shape);
        int id = known == null ? templates.size() : known;
        int[] pair = followed[(previous * 0x9E3779B1 + earlier) * 0x85EBCA6B >>> 17];
        if (known == null) {
            templates.put(shape, id);
            template(block, at, end);
            streams[1].write(2);
        } else if (pair[0] == id) {
            streams[1].write(0);
        } else if (pair[1] == id) {
            streams[1].write(1);
        } else {
            streams[1].write(3);
            low(streams[2], id, 3);
        }
        if (pair[0] != id) {
            pair[1] = pair[0];
            pair[0] = id;
        }
        earlier = previous;
        previous = id;
        data(block, at, end);
    }

    private void template(TraceBlock block, int at, int end) {
        streams[0].write(end - at);
        for (int i = at; i < end; i++) {
            int size = AccessInfo.size(block.info[i]);
            streams[0].write(AccessInfo.kind(block.info[i]) << 6 | Math.min(size, 63));
            if (size >= 63) {
                low(streams[0], size, 2);
            }
        }
        if (fetch(block, at)) {
            long left = zigzag(block.address[at] - lastStart);
            lastStart = block.address[at];
            for (; left >>> 7 != 0; left >>>= 7) {
                streams[0].write((int) left & 127 | 128);
            }
            streams[0].write((int) left);
        }
    }

    private void data(TraceBlock block, int at, int end) {
        long pc = 0;
        int ordinal = 0;
        for (int i = at; i < end; i++) {
            long address = block.address[i];
            if (fetch(block, i)) {
                pc = address;
                ordinal = 0;
                continue;
            }
            int which = fetch(block, at) ? ordinal++ : AccessInfo.withoutThread(block.info[i]);
            long hash = (pc + which * 0x632BE59BD9B4E019L) * 0x9E3779B97F4A7C15L;
            long[] slot = slots[(int) (hash >>> 49)];
            long byStride = zigzag(address - slot[0] - slot[1]);
            long byOffset = zigzag(address - lastData - slot[2]);
            boolean stride = bytes(byStride) <= bytes(byOffset);
            long residual = stride ? byStride : byOffset;
            streams[3].write(bytes(residual) | (stride ? 0 : 16));
            low(streams[4], residual, bytes(residual));
            streams[5].write(block.distance[i] ^ (int) slot[3]);
            slot[1] = address - slot[0];
            slot[2] = address - lastData;
            slot[0] = address;
            slot[3] = block.distance[i];
            lastData = address;
        }
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private static int bytes(long value) {
        int bytes = 0;
        for (long left = value; left != 0; left >>>= 8) {
            bytes++;
        }
        return bytes;
    }

    private static void low(ByteArrayOutputStream out, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }
}
