package org.nestwalk.machine;

/// The one result of a program, wherever and however it runs: what stores write, and how loads are
/// folded.
///
/// Accesses touch the naturally aligned 8-byte word around their address. The n-th data access of a
/// program, from 0, writes [#value] of n if it is a store; its loaded word goes through [#fold] if
/// it is a load; a modify folds first and then writes. The second part of an access that crosses a
/// page boundary is an access of its own. Fetches count for nothing.
public final class Checksum {
    /// The first value of a program's checksum.
    public static final long START = 0;

    /// Added from one value to the next: 2^64 over the golden ratio, odd.
    public static final long STEP = 0x9e37_79b9_7f4a_7c15L;

    /// Bits by which a checksum is rotated.
    public static final int ROTATION = 7;

    private Checksum() {}

    /// What the data access with number `cursor` writes: never 0 for the first 2^64 - 1 of them.
    public static long value(long cursor) {
        return (cursor + 1) * STEP;
    }

    /// The checksum after loading `word`.
    public static long fold(long checksum, long word) {
        return Long.rotateLeft(checksum, ROTATION) + word + 1;
    }
}
