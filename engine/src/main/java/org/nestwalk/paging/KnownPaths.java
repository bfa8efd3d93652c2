package org.nestwalk.paging;

/// The upper entries on the way to leaves of a second-level table, for each 2-MiB region of
/// guest-physical memory that a walk has come through: what the simulator remembers, not the
/// processor.
///
/// A walk reads and judges the leaf entry itself. The entries above it are what they were while
/// memory's [org.nestwalk.memory.PhysicalMemory#rewrites] stay the same, and they need not be
/// judged again if they are ones that refuse nothing: only such paths are kept. The processor makes
/// a reference to each of them all the same.
///
/// ```text
///         63                                                             0
///        +----------------------------------------------------------------+
/// long 0 |  region, that is, guest-physical address >> 21, plus 1; or 0   |
/// long 1 |  rewrites when the path was read                               |
/// long 2 |  level of the leaf, 1 to 3                                     |
/// long 3 |  not used                                                      |
/// long n |  n = 4 to 7: the entry of level n - 2, if above the leaf       |
///        +----------------------------------------------------------------+
/// ```
///
/// A path replaces another one in the same place; places are added as that happens, from 1,024 to
/// 65,536 (4 MiB).
final class KnownPaths {
    private static final int FIRST_PATHS = 1 << 10;
    private static final int MOST_PATHS = 1 << 16;
    private static final int LONGS_SHIFT = 3;
    private static final int VERSION = 1;
    private static final int LEAF = 2;
    private static final int ENTRIES = 2;
    private static final int REGION_SHIFT = 21;
    private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

    private long[] paths = new long[FIRST_PATHS << LONGS_SHIFT];
    private int shift = 64 - Integer.numberOfTrailingZeros(FIRST_PATHS);
    private int replaced;

    KnownPaths() {}

    /// Where the path to the leaf of `gpa` is, or -1.
    int find(long gpa, long rewrites) {
        long[] paths = this.paths;
        long region = gpa >>> REGION_SHIFT;
        int at = placeOf(region);
        return paths[at] == region + 1 && paths[at + VERSION] == rewrites ? at : -1;
    }

    /// The level of the leaf at the end of the path at `at`.
    int leafLevel(int at) {
        return (int) paths[at + LEAF];
    }

    /// The entry of `level`, which is above the leaf, on the path at `at`.
    long entry(int at, int level) {
        return paths[at + ENTRIES + level];
    }

    /// Keeps the path to the leaf of `gpa`.
    ///
    /// @param entries by level, those from `top` to above `leafLevel`
    void keep(long gpa, long rewrites, long[] entries, int top, int leafLevel) {
        long region = gpa >>> REGION_SHIFT;
        int at = placeOf(region);
        if (paths[at] != 0 && paths[at] != region + 1 && ++replaced > paths.length >> 6) {
            grow();
            at = placeOf(region);
        }
        paths[at] = region + 1;
        paths[at + VERSION] = rewrites;
        paths[at + LEAF] = leafLevel;
        for (int level = top; level > leafLevel; level--) {
            paths[at + ENTRIES + level] = entries[level];
        }
    }

    private void grow() {
        replaced = 0;
        if (paths.length >= MOST_PATHS << LONGS_SHIFT) {
            return;
        }
        long[] old = paths;
        paths = new long[2 * old.length];
        shift--;
        for (int from = 0; from < old.length; from += 1 << LONGS_SHIFT) {
            if (old[from] != 0) {
                System.arraycopy(old, from, paths, placeOf(old[from] - 1), 1 << LONGS_SHIFT);
            }
        }
    }

    private int placeOf(long region) {
        return (int) (region * MIX >>> shift) << LONGS_SHIFT;
    }
}
