package org.nestwalk.bits;

/// One memory access packed into a `long`, the unit in which programs and traces feed the machine.
///
/// ```text
///  63  62  61   60      57 56                                               0
/// +------+----+-----------+--------------------------------------------------+
/// | kind | C  | distance  |  linear address, bits 56:0                       |
/// +------+----+-----------+--------------------------------------------------+
/// ```
///
/// `kind` is one of [#LOAD], [#STORE], [#FETCH] and [#MODIFY]. `C` marks the further parts of an
/// access that crosses 4-KiB boundaries: such an access is translated once in each page, and
/// travels as so many packed words, all in one block. `distance` says on which data access before
/// this one it depends, see [#after] and [#afterBranch]; 0 where it depends on none. Bits 63:57 of
/// a canonical linear address (at most 57 bits, Intel SDM volume 1, section 3.3.7.1) repeat bit 56
/// and are restored by [#address].
public final class Access {
    /// A data read.
    public static final int LOAD = 0;

    /// A data write.
    public static final int STORE = 1;

    /// An instruction fetch.
    public static final int FETCH = 2;

    /// A read and a write of the same bytes by one instruction; translated once, as a write.
    public static final int MODIFY = 3;

    /// How far back the access can be that the address of another one is computed from.
    public static final int FARTHEST = 14;

    /// The bits that hold [#distance].
    public static final long DISTANCE = 15L << 57;

    private static final int KIND_SHIFT = 62;
    private static final int DISTANCE_SHIFT = 57;
    private static final int CONTINUED_SHIFT = 61;
    private static final long CONTINUED = 1L << CONTINUED_SHIFT;
    private static final long ADDRESS_MASK = (1L << 57) - 1;

    private Access() {}

    /// Packs an access of `kind` to `address`, which must be canonical for 57 bits.
    public static long pack(int kind, long address) {
        return ((long) kind << KIND_SHIFT) | (address & ADDRESS_MASK);
    }

    /// Packs a further part of a page-crossing access: `address` is the first byte of that page.
    public static long packContinued(int kind, long address) {
        return pack(kind, address) | CONTINUED;
    }

    /// The same access, whose address is computed from what the program loads `distance` data
    /// accesses earlier, so that it cannot begin before that has come.
    ///
    /// @param access one that depends on none yet
    /// @param distance 1, for the one just before, to [#FARTHEST]
    public static long after(long access, int distance) {
        return access | (long) distance << DISTANCE_SHIFT;
    }

    /// The same access, if a branch that cannot be predicted decides by what the data access just
    /// before loads whether there is this one, so that neither it nor any later one can begin
    /// before that has come.
    ///
    /// @param access one that depends on none yet
    public static long afterBranch(long access) {
        return access | DISTANCE;
    }

    /// Whether this access is behind a branch, see [#afterBranch].
    public static boolean isAfterBranch(long access) {
        return (access & DISTANCE) == DISTANCE;
    }

    /// How many data accesses back the one is that this one depends on; 0 if there is none.
    public static int distance(long access) {
        return isAfterBranch(access) ? 1 : (int) ((access & DISTANCE) >>> DISTANCE_SHIFT);
    }

    /// The kind of a packed access.
    public static int kind(long access) {
        return (int) (access >>> KIND_SHIFT);
    }

    /// Whether a packed access needs write permission and sets dirty flags: a store or a modify.
    public static boolean isWrite(long access) {
        return (access & (1L << KIND_SHIFT)) != 0;
    }

    /// Whether a packed access is an instruction fetch.
    public static boolean isFetch(long access) {
        return access >>> KIND_SHIFT == FETCH;
    }

    /// Whether this is a load, or the first part of one.
    public static boolean isWholeLoad(long access) {
        return (access & (CONTINUED | 3L << KIND_SHIFT)) == 0;
    }

    /// Whether this is a further part of an access that crosses a page boundary.
    public static boolean isContinued(long access) {
        return (access & CONTINUED) != 0;
    }

    /// How many accesses begin in `block` from index `from` up to, not including, `to`: its words,
    /// less further parts.
    public static int count(long[] block, int from, int to) {
        int parts = 0;
        for (int i = from; i < to; i++) {
            parts += (int) (block[i] >>> CONTINUED_SHIFT) & 1;
        }
        return to - from - parts;
    }

    /// The index at which the next `count` accesses of `block` from index `from` have passed, with
    /// all their parts; at most `to`.
    public static int skip(long[] block, int from, int to, long count) {
        int i = from;
        long passed = 0;
        while (i < to && (passed < count || isContinued(block[i]))) {
            passed += isContinued(block[i]) ? 0 : 1;
            i++;
        }
        return i;
    }

    /// The same access `offset` bytes higher; the address must stay canonical.
    public static long displaced(long access, long offset) {
        return access & ~ADDRESS_MASK | (access + offset) & ADDRESS_MASK;
    }

    /// Bits 56:12 of the linear address, right-aligned: which 4-KiB page it is in.
    public static long pageNumber(long access) {
        return access << 7 >>> 19;
    }

    /// The linear address, sign-extended from bit 56.
    public static long address(long access) {
        return access << 7 >> 7;
    }
}
