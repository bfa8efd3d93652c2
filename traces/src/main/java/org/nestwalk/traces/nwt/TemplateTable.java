package org.nestwalk.traces.nwt;

import java.util.Arrays;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;

/// The decoder's expansion of a block's templates: for each access its info, and its address if it
/// is a fetch or its slot if it is data.
final class TemplateTable {
    /// Accesses of template `t` are those from `from[t]` up to `from[t + 1]`.
    int[] from = new int[1 << 12];

    int[] info = new int[1 << 15];

    /// A fetch's address, or the index in [Slots#state] of a data access.
    long[] addressOrSlot = new long[1 << 15];

    int count;

    private byte[] bytes = new byte[0];
    private int at;

    /// Expands `templates` definitions from `bytes[0..size)`.
    void decode(int templates, byte[] bytes, int size) {
        this.bytes = bytes;
        at = 0;
        count = templates;
        if (from.length <= templates) {
            from = new int[templates + 1];
        }
        int total = 0;
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
            place(total, total + length, hasFetch, start);
            total += length;
            from[t + 1] = total;
        }
        require(at == size);
    }

    private void place(int first, int end, boolean hasFetch, long start) {
        long next = start;
        long pc = 0;
        int ordinal = 0;
        for (int i = first; i < end; i++) {
            int access = info[i];
            if (AccessInfo.kind(access) == Access.FETCH) {
                addressOrSlot[i] = next;
                pc = next;
                ordinal = 0;
                next += AccessInfo.size(access);
            } else {
                addressOrSlot[i] = Slots.indexOf(pc, hasFetch ? ordinal++ : access);
            }
        }
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
            addressOrSlot = Arrays.copyOf(addressOrSlot, 2 * needed);
        }
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new DamagedBlockException("its templates are inconsistent");
        }
    }
}
