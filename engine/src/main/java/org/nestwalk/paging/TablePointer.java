package org.nestwalk.paging;

import org.nestwalk.bits.PagingEntry;

/// The table at which a walk goes on, with what the entries above it grant: what a paging-structure
/// cache keeps.
///
/// ```text
///  63 52 51                                   12 11      5 4   3   2   1   0
/// +-----+---------------------------------------+---------+---+---+---+---+---+
/// |  0  |  host-physical address of the table   |    0    | rights            |
/// +-----+---------------------------------------+---------+---+---+---+---+---+
/// ```
///
/// Rights of a guest table: [#WRITE], [#USER] and [#EXECUTE] of the entries above, and whether the
/// second level lets flags be set in the table itself ([#UPDATABLE]). Rights of a second-level
/// table: the permission bits of [org.nestwalk.bits.SecondLevelTranslation].
public final class TablePointer {
    /// All guest entries above allow writes.
    public static final long WRITE = 1;

    /// All guest entries above allow user-mode accesses.
    public static final long USER = 1L << 1;

    /// No guest entry above forbids execution.
    public static final long EXECUTE = 1L << 2;

    /// The second level lets the processor write to this guest table.
    public static final long UPDATABLE = 1L << 3;

    private static final long RIGHTS = 0xf;

    private TablePointer() {}

    /// Packs the table at `hpa` with `rights`.
    public static long pack(long hpa, long rights) {
        return (hpa & PagingEntry.ADDRESS) | rights;
    }

    /// The host-physical address of the table.
    public static long address(long table) {
        return table & PagingEntry.ADDRESS;
    }

    /// The rights.
    public static long rights(long table) {
        return table & RIGHTS;
    }
}
