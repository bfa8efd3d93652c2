package org.nestwalk.mmu;

/// Finished walks by page and kind of access, each with the table in which it began: an array
/// indexed by page number, where a page that has the same index replaces the one before.
///
/// ```text
///          63                 19 18 17 16                          0
///         +---------------------+-----+-----------------------------+
///  long 0 |  page number, 45    |type |  version, 17                |
///         +---------------------+-----+-----------------------------+
///  long 1 |  cost, 12 (63:52)   |  table in which the walk began     |
///  long 2 |  its Translation                                         |
///  long 3 |  the table it found one level below, or 0                |
///         +----------------------------------------------------------+
/// ```
///
/// Tables are [org.nestwalk.paging.TablePointer]s. Walks of another version are not found. Grows
/// from 4096 pages to 524,288, that is, 16 MiB, as pages get into each other's way.
final class WalkTable {
    private static final int FIRST_PAGES = 1 << 12;
    private static final int MOST_PAGES = 1 << 19;
    private static final int LONGS = 4;
    private static final int VERSION_BITS = 17;
    private static final int TYPE_BITS = 2;
    private static final int COST_SHIFT = 52;
    private static final long TABLE = (1L << COST_SHIFT) - 1;
    private static final long VERSION = (1L << VERSION_BITS) - 1;

    private long[] walks = new long[LONGS * FIRST_PAGES];
    private int replaced;
    private long epoch;

    WalkTable() {}

    /// Where the walk of `gva` that began in `table` is, or -1.
    ///
    /// @param type of the access, 0 to 3
    /// @param version 0 or more, never less than before
    int find(long gva, int type, long table, long version) {
        if (version >>> VERSION_BITS != epoch) {
            forgetAll(version);
        }
        long[] walks = this.walks;
        int at = indexOf(gva);
        return walks[at] == tag(gva, type, version) && (walks[at + 1] & TABLE) == table ? at : -1;
    }

    /// Some value, for the sake of reading what [#find] reads for `gva`.
    long fetch(long gva) {
        long[] walks = this.walks;
        int at = indexOf(gva);
        return walks[at] + walks[at + LONGS - 1];
    }

    /// The translation of the walk at `at`.
    long translation(int at) {
        return walks[at + 2];
    }

    /// The cost of the walk at `at`, as it was given.
    int cost(int at) {
        return (int) (walks[at + 1] >>> COST_SHIFT);
    }

    /// The table that the walk at `at` found, or 0.
    long found(int at) {
        return walks[at + 3];
    }

    /// Keeps a walk.
    ///
    /// @param cost 0 to 4095; the caller gives it its meaning
    void put(long gva, int type, long table, long version, int cost, long translation, long found) {
        int at = indexOf(gva);
        long tag = tag(gva, type, version);
        long old = walks[at];
        boolean otherPage = (old ^ tag) >>> VERSION_BITS + TYPE_BITS != 0;
        if (otherPage && old != 0 && ++replaced > walks.length / (8 * LONGS)) {
            grow();
            at = indexOf(gva);
        }
        walks[at] = tag;
        walks[at + 1] = table | (long) cost << COST_SHIFT;
        walks[at + 2] = translation;
        walks[at + 3] = found;
    }

    private void grow() {
        replaced = 0;
        if (walks.length >= LONGS * MOST_PAGES) {
            return;
        }
        long[] old = walks;
        walks = new long[2 * old.length];
        for (int from = 0; from < old.length; from += LONGS) {
            long page = old[from] >>> VERSION_BITS + TYPE_BITS;
            System.arraycopy(old, from, walks, indexOf(page << 12), LONGS);
        }
    }

    private void forgetAll(long version) {
        walks = new long[walks.length];
        epoch = version >>> VERSION_BITS;
    }

    /// Neighbouring pages get neighbouring places; what is 1 GiB apart is scattered.
    private int indexOf(long gva) {
        long page = TranslationTag.number(gva, 12);
        long place = page + ((page >>> 18) * Fingerprints.MIX >>> 40);
        return LONGS * (int) (place & walks.length / LONGS - 1);
    }

    private static long tag(long gva, int type, long version) {
        long page = TranslationTag.number(gva, 12);
        return (page << TYPE_BITS | type) << VERSION_BITS | version & VERSION;
    }
}
