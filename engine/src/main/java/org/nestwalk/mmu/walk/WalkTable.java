package org.nestwalk.mmu.walk;

import org.nestwalk.mmu.sets.Fingerprints;
import org.nestwalk.mmu.tlb.TranslationTag;

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
///  long n |  n = 4 to 15, if kept: its references in their order     |
///         +----------------------------------------------------------+
/// ```
///
/// Tables are [org.nestwalk.paging.TablePointer]s. Walks of another version are not found. Grows
/// from 4096 pages as pages get into each other's way, to 524,288, that is, 16 MiB, or, with
/// references, to half as many in 32 MiB.
final class WalkTable {
    private static final int FIRST_PAGES = 1 << 12;
    private static final int MOST_LONGS = 1 << 21;
    private static final int MOST_LONGS_WITH_REFERENCES = 1 << 22;
    private static final int LONGS = 4;
    private static final int LONGS_WITH_REFERENCES = 16;
    private static final int VERSION_BITS = 17;
    private static final int TYPE_BITS = 2;
    private static final int COST_SHIFT = 52;
    private static final long TABLE = (1L << COST_SHIFT) - 1;
    private static final long VERSION = (1L << VERSION_BITS) - 1;

    /// The most references of a walk that a table keeps.
    static final int MOST_REFERENCES = LONGS_WITH_REFERENCES - LONGS;

    private final int shift;
    private final int mostLongs;
    private long[] walks;
    private int replaced;
    private long epoch;

    /// An empty table.
    ///
    /// @param references whether it keeps what walks refer to
    WalkTable(boolean references) {
        int longs = references ? LONGS_WITH_REFERENCES : LONGS;
        this.shift = Integer.numberOfTrailingZeros(longs);
        this.mostLongs = references ? MOST_LONGS_WITH_REFERENCES : MOST_LONGS;
        this.walks = new long[FIRST_PAGES << shift];
    }

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
        return walks[at] + walks[at + (1 << shift - 1)] + walks[at + (1 << shift) - 1];
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

    /// Reference `number` of the walk at `at`, as it was given.
    long reference(int at, int number) {
        return walks[at + LONGS + number];
    }

    /// Keeps what the walk at `at`, which has just been put there, refers to.
    ///
    /// @param count of `references`, at most [#MOST_REFERENCES]
    void putReferences(int at, long[] references, int count) {
        System.arraycopy(references, 0, walks, at + LONGS, count);
    }

    /// Keeps a walk. Returns where it is.
    ///
    /// @param cost 0 to 4095; the caller gives it its meaning
    int put(long gva, int type, long table, long version, int cost, long translation, long found) {
        int at = indexOf(gva);
        long tag = tag(gva, type, version);
        long old = walks[at];
        boolean otherPage = (old ^ tag) >>> VERSION_BITS + TYPE_BITS != 0;
        if (otherPage && old != 0 && ++replaced > walks.length >>> shift + 3) {
            grow();
            at = indexOf(gva);
        }
        walks[at] = tag;
        walks[at + 1] = table | (long) cost << COST_SHIFT;
        walks[at + 2] = translation;
        walks[at + 3] = found;
        return at;
    }

    private void grow() {
        replaced = 0;
        if (walks.length >= mostLongs) {
            return;
        }
        long[] old = walks;
        walks = new long[2 * old.length];
        for (int from = 0; from < old.length; from += 1 << shift) {
            long page = old[from] >>> VERSION_BITS + TYPE_BITS;
            System.arraycopy(old, from, walks, indexOf(page << 12), 1 << shift);
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
        return (int) (place << shift) & walks.length - 1;
    }

    private static long tag(long gva, int type, long version) {
        long page = TranslationTag.number(gva, 12);
        return (page << TYPE_BITS | type) << VERSION_BITS | version & VERSION;
    }
}
