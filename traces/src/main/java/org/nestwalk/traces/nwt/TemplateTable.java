package org.nestwalk.traces.nwt;

import java.util.Arrays;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;

/// The decoder's expansion of a block's templates: all accesses, with the addresses of fetches, and
/// where the data accesses among them are, whose addresses differ from time to time.
final class TemplateTable {
    /// Accesses of template `t` are those from `from[t]` up to `from[t + 1]`.
    int[] from = new int[1 << 12];

    int[] info = new int[1 << 15];

    /// Addresses of fetches; 0 for data.
    long[] address = new long[1 << 15];

    /// Data accesses of template `t` are those from `dataFrom[t]` up to `dataFrom[t + 1]`.
    int[] dataFrom = new int[1 << 12];

    /// The [#slot] and the [#position] of each data access.
    ///
    /// ```text
    ///  31         23 22                        6 5              0
    /// +-------------+---------------------------+----------------+
    /// |      0      |  index in [Slots#state]   | position in t  |
    /// +-------------+---------------------------+----------------+
    /// ```
    int[] data = new int[1 << 15];

    int count;

    private static final int POSITION_BITS = 6;

    private byte[] bytes = new byte[0];
    private int at;

    /// An element of [#data].
    static int data(int slot, int position) {
        return slot << POSITION_BITS | position;
    }

    /// Where [Slots#state] has what is remembered for an element of [#data].
    static int slot(int data) {
        return data >>> POSITION_BITS;
    }

    /// Which of its template's accesses an element of [#data] is, from 0.
    static int position(int data) {
        return data & (1 << POSITION_BITS) - 1;
    }

    /// Expands `templates` definitions from `bytes[0..size)`.
    void decode(int templates, byte[] bytes, int size) {
        this.bytes = bytes;
        at = 0;
        count = templates;
        if (from.length <= templates) {
            from = new int[templates + 1];
            dataFrom = new int[templates + 1];
        }
        int total = 0;
        int totalData = 0;
        long start = 0;
        from[0] = 0;
        for (int t = 0; t < templates; t++) {
            int length = u8();
            require(length >= 1 && length <= NwtFormat.SEGMENT);
            ensure(total + length);
            for (int i = total; i < total + length; i++) {
                int packed = u8();
                int accessSize = packed & 63;
                if (accessSize == 63) {
                    accessSize = u8() | (u8() << 8);
                }
                info[i] = AccessInfo.pack(packed >>> 6, accessSize, 0);
            }
            boolean hasFetch = AccessInfo.kind(info[total]) == Access.FETCH;
            require(hasFetch || length == 1);
            if (hasFetch) {
                long delta = varint();
                start += (delta >>> 1) ^ -(delta & 1);
            }
            totalData = place(total, total + length, hasFetch, start, totalData);
            total += length;
            from[t + 1] = total;
            dataFrom[t + 1] = totalData;
        }
        require(at == size);
    }

    /// Fills in fetches' addresses and data's slots; returns how many data accesses there are now.
    private int place(int first, int end, boolean hasFetch, long start, int dataBefore) {
        int placed = dataBefore;
        long next = start;
        long pc = 0;
        int ordinal = 0;
        for (int i = first; i < end; i++) {
            int access = info[i];
            if (AccessInfo.kind(access) == Access.FETCH) {
                address[i] = next;
                pc = next;
                ordinal = 0;
                next += AccessInfo.size(access);
            } else {
                address[i] = 0;
                int slot = Slots.indexOf(pc, hasFetch ? ordinal++ : access);
                data[placed++] = data(slot, i - first);
            }
        }
        return placed;
    }

    private int u8() {
        return bytes[at++] & 0xFF;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = u8();
            value |= (long) (b & 0x7F) << shift;
            if (b < 0x80) {
                break;
            }
        }
        return value;
    }

    private void ensure(int needed) {
        require(needed <= NwtFormat.MAX_BLOCK_ACCESSES);
        if (needed > info.length) {
            info = Arrays.copyOf(info, 2 * needed);
            address = Arrays.copyOf(address, 2 * needed);
            data = Arrays.copyOf(data, 2 * needed);
        }
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new DamagedBlockException("its templates are inconsistent");
        }
    }
}
