package org.nestwalk.traces.nwt;

import java.util.Arrays;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;

/// The encoder's dictionary of segment shapes, found by contents.
///
/// Two segments have the same template if they start at the same address and their accesses agree
/// in kind and size, one by one. Each knows where its data accesses are and which slots they have,
/// so that this is worked out once.
final class Templates {
    private static final int BUCKETS = 1 << 16;
    private static final int KIND_BITS = 16;
    private static final int FIRST = 1 << 12;
    private static final int FIRST_ACCESSES = 1 << 15;

    private final int[] buckets = new int[BUCKETS];
    private int[] nextInBucket = new int[FIRST];
    private long[] start = new long[FIRST];
    private long[] kinds = new long[FIRST];
    private int[] uses = new int[FIRST];
    private int[] from = new int[FIRST + 1];
    private int[] infos = new int[FIRST_ACCESSES];
    private int count;

    /// Data accesses of template `t` are those from `dataFrom[t]` up to `dataFrom[t + 1]` of
    /// [#data].
    int[] dataFrom = new int[FIRST + 1];

    /// The slot and the position in its template of each data access, packed as
    /// [TemplateTable#data].
    int[] data = new int[FIRST_ACCESSES];

    void clear() {
        Arrays.fill(buckets, 0);
        count = 0;
    }

    int count() {
        return count;
    }

    /// Notes that a segment has this template.
    void use(int id) {
        uses[id]++;
    }

    /// How many accesses of each kind all segments have.
    int[] counts() {
        int[] counts = new int[4];
        for (int id = 0; id < count; id++) {
            for (int kind = 0; kind < counts.length; kind++) {
                int each = (int) (kinds[id] >>> KIND_BITS * kind) & ((1 << KIND_BITS) - 1);
                counts[kind] += each * uses[id];
            }
        }
        return counts;
    }

    /// Whether `id` is the number of a template that has this start and the `length` accesses from
    /// `info[at]`.
    boolean is(int id, long startAddress, int[] info, int at, int length) {
        if (id >= count || start[id] != startAddress) {
            return false;
        }
        int first = from[id];
        return from[id + 1] - first == length
                && Arrays.equals(infos, first, first + length, info, at, at + length);
    }

    /// The number of the template with this start and these accesses, or -1.
    int find(long hash, long startAddress, int[] info, int at, int length) {
        for (int id = buckets[bucket(hash)] - 1; id >= 0; id = nextInBucket[id]) {
            if (is(id, startAddress, info, at, length)) {
                return id;
            }
        }
        return -1;
    }

    /// Adds a template, whose number is the count before.
    void add(long hash, long startAddress, int[] info, int at, int length) {
        int id = count;
        if (id == start.length) {
            start = Arrays.copyOf(start, 2 * id);
            kinds = Arrays.copyOf(kinds, 2 * id);
            uses = Arrays.copyOf(uses, 2 * id);
            nextInBucket = Arrays.copyOf(nextInBucket, 2 * id);
            from = Arrays.copyOf(from, 2 * id + 1);
            dataFrom = Arrays.copyOf(dataFrom, 2 * id + 1);
        }
        int first = from[id];
        if (first + length > infos.length) {
            infos = Arrays.copyOf(infos, 2 * infos.length);
            data = Arrays.copyOf(data, 2 * data.length);
        }
        System.arraycopy(info, at, infos, first, length);
        start[id] = startAddress;
        from[id + 1] = first + length;
        place(id, startAddress);
        int bucket = bucket(hash);
        nextInBucket[id] = buckets[bucket] - 1;
        buckets[bucket] = id + 1;
        count = id + 1;
    }

    /// Works out the slots of a template's data accesses, and how many it has of each kind.
    private void place(int id, long startAddress) {
        int first = from[id];
        boolean hasFetch = AccessInfo.kind(infos[first]) == Access.FETCH;
        int placed = dataFrom[id];
        long next = startAddress;
        long pc = 0;
        int ordinal = 0;
        kinds[id] = 0;
        uses[id] = 0;
        for (int i = first; i < from[id + 1]; i++) {
            int access = infos[i];
            int kind = AccessInfo.kind(access);
            kinds[id] += 1L << KIND_BITS * kind;
            if (kind == Access.FETCH) {
                pc = next;
                ordinal = 0;
                next += AccessInfo.size(access);
            } else {
                int slot = Slots.indexOf(pc, hasFetch ? ordinal++ : access);
                data[placed++] = TemplateTable.data(slot, i - first);
            }
        }
        dataFrom[id + 1] = placed;
    }

    private static int bucket(long hash) {
        return (int) ((hash * 0x9E3779B97F4A7C15L) >>> 48);
    }
}
