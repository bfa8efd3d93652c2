package org.nestwalk.traces.nwt;

import org.nestwalk.bits.Access;
import org.nestwalk.traces.format.LittleEndian;

/// One line of a trace's index: where a block is and what it holds.
///
/// ```text
///  byte 0        7 8         15 16    19 20    23 24    27 28     31
/// +---------------+------------+--------+--------+--------+---------+
/// |  file offset  | first acc. | loads  | stores | fetches| modifies|
/// +---------------+------------+--------+--------+--------+---------+
/// ```
///
/// @param offset the offset in the file of the block's section
/// @param firstAccess the number of accesses in the blocks before it
/// @param loads data reads in the block
/// @param stores data writes in the block
/// @param fetches instruction fetches in the block
/// @param modifies read-modify-writes in the block
public record BlockEntry(
        long offset, long firstAccess, int loads, int stores, int fetches, int modifies) {
    static final int BYTES = 32;

    /// All accesses of the block.
    public int accesses() {
        return loads + stores + fetches + modifies;
    }

    void encode(ByteSink out) {
        out.u64(offset);
        out.u64(firstAccess);
        out.i32(loads);
        out.i32(stores);
        out.i32(fetches);
        out.i32(modifies);
    }

    static BlockEntry decode(byte[] bytes, int at) {
        return ofCounts(
                LittleEndian.u64(bytes, at), LittleEndian.u64(bytes, at + 8), bytes, at + 16);
    }

    /// With the four counts by kind found at `at`.
    static BlockEntry ofCounts(long offset, long firstAccess, byte[] bytes, int at) {
        return new BlockEntry(
                offset,
                firstAccess,
                LittleEndian.i32(bytes, at + 4 * Access.LOAD),
                LittleEndian.i32(bytes, at + 4 * Access.STORE),
                LittleEndian.i32(bytes, at + 4 * Access.FETCH),
                LittleEndian.i32(bytes, at + 4 * Access.MODIFY));
    }

    static BlockEntry of(long offset, long firstAccess, int[] counts) {
        return new BlockEntry(
                offset,
                firstAccess,
                counts[Access.LOAD],
                counts[Access.STORE],
                counts[Access.FETCH],
                counts[Access.MODIFY]);
    }
}
