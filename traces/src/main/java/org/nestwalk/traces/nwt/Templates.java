package org.nestwalk.traces.nwt;

import java.util.Arrays;

/// The encoder's dictionary of segment shapes, found by contents.
///
/// Two segments have the same template if they start at the same address and their accesses agree
/// in kind and size, one by one.
final class Templates {
    private static final int BUCKETS = 1 << 16;

    private final int[] buckets = new int[BUCKETS];
    private int[] nextInBucket = new int[1 << 12];
    private long[] start = new long[1 << 12];
    private int[] from = new int[(1 << 12) + 1];
    private int[] infos = new int[1 << 15];
    private int count;

    void clear() {
        Arrays.fill(buckets, 0);
        count = 0;
    }

    int count() {
        return count;
    }

    /// The number of the template with this start and these `length` accesses, or -1.
    int find(long hash, long startAddress, int[] info, int length) {
        for (int id = buckets[bucket(hash)] - 1; id >= 0; id = nextInBucket[id]) {
            int at = from[id];
            if (start[id] == startAddress
                    && from[id + 1] - at == length
                    && Arrays.equals(infos, at, at + length, info, 0, length)) {
                return id;
            }
        }
        return -1;
    }

    /// Adds a template, whose number is the count before.
    void add(long hash, long startAddress, int[] info, int length) {
        int id = count;
        if (id == start.length) {
            start = Arrays.copyOf(start, 2 * id);
            nextInBucket = Arrays.copyOf(nextInBucket, 2 * id);
            from = Arrays.copyOf(from, 2 * id + 1);
        }
        int at = id == 0 ? 0 : from[id];
        if (at + length > infos.length) {
            infos = Arrays.copyOf(infos, 2 * infos.length);
        }
        System.arraycopy(info, 0, infos, at, length);
        start[id] = startAddress;
        from[id] = at;
        from[id + 1] = at + length;
        int bucket = bucket(hash);
        nextInBucket[id] = buckets[bucket] - 1;
        buckets[bucket] = id + 1;
        count = id + 1;
    }

    private static int bucket(long hash) {
        return (int) ((hash * 0x9E3779B97F4A7C15L) >>> 48);
    }
}
