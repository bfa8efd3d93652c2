package org.nestwalk.paging;

import static org.nestwalk.bits.SecondLevelTranslation.EXECUTE;
import static org.nestwalk.bits.SecondLevelTranslation.READ;
import static org.nestwalk.bits.SecondLevelTranslation.USER_EXECUTE;
import static org.nestwalk.bits.SecondLevelTranslation.WRITE;

import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.SecondLevelTranslation;

/// The second-stage tables of Intel's VT-d, which translate what devices address: the radix of
/// [ExtendedPageTables], and entries with the same bits, under rules of their own.
///
/// ```text
///  63 62 61    52 51        H H-1                12 11 10 9 8 7 6    3 2 1 0
/// +--+--+--------+-----------+---------------------+--+--+-+-+-+------+-+-+-+
/// |ig|TM|ignored |reserved(0)| address of table or |S |ig|D|A|P|ignor.|X|W|R|
/// |n.|  |        |           | page                |NP|n.| | |S|      | | | |
/// +--+--+--------+-----------+---------------------+--+--+-+-+-+------+-+-+-+
/// ```
///
/// R, W: reads and writes are allowed; an entry with neither is not present, and one may be written
/// that cannot be read. X and TM are ignored here, as devices neither fetch nor migrate. SNP (leaf
/// entries): the access snoops the processors' caches whatever the device asks for; reserved in
/// units without snoop control, and in entries that point to tables. A and D are used if the PASID
/// entry says so (SSADE). H is the unit's host address width.
///
/// A failure's [WalkResult#code] is made of the bits below. Source: Intel Virtualization Technology
/// for Directed I/O, architecture specification, revision 4.1, sections 3.7 and 9.8.
public final class SecondStageTables extends RadixSecondLevel {
    /// SNP of a leaf entry.
    public static final long SNOOP = 1L << 11;

    /// Code: the address has more bits than the tables translate.
    public static final long OUT_OF_RANGE = 1;

    /// Code: an entry is not present.
    public static final long NOT_PRESENT = 1 << 1;

    /// Code: an entry has bits that are reserved.
    public static final long RESERVED = 1 << 2;

    /// Code: entries refuse reading or, with [#FOR_WRITE], writing.
    public static final long REFUSED = 1 << 3;

    /// Code: it was about a write.
    public static final long FOR_WRITE = 1 << 4;

    /// Code: it was about an entry of a first-stage table.
    public static final long FOR_TABLE = 1 << 5;

    private final boolean accessedDirty;
    private final long[] tableReserved = new long[6];
    private final long[] leafReserved = new long[6];

    /// The tables at `root`, of 4 or 5 `levels`.
    ///
    /// @param accessedDirty whether the unit sets accessed and dirty flags
    /// @param snoopControl whether the unit knows SNP
    /// @param features whose physical width is the unit's host address width
    public SecondStageTables(
            long root,
            int levels,
            boolean accessedDirty,
            boolean snoopControl,
            PagingFeatures features) {
        super(levels, root & EptEntry.ADDRESS, accessedDirty ? EptEntry.DIRTY : 0);
        this.accessedDirty = accessedDirty;
        long ignored = EptEntry.ofMemoryType(7) | EptEntry.IGNORE_PAT;
        for (int level = 1; level <= 5; level++) {
            tableReserved[level] = reserved(level, false, features) & ~ignored | SNOOP;
            leafReserved[level] =
                    reserved(level, true, features) & ~ignored | (snoopControl ? 0 : SNOOP);
        }
        long granted = EptEntry.READ | EptEntry.WRITE;
        long accessed = accessedDirty ? EptEntry.ACCESSED : 0;
        for (int level = 1; level <= 3; level++) {
            long large = level == 1 ? 0 : EptEntry.LARGE;
            definePlain(level, granted, granted | accessed | large, leafReserved[level]);
        }
    }

    private static long reserved(int level, boolean leaf, PagingFeatures features) {
        long bits =
                EptEntry.reservedBits(
                        level, leaf, features.physicalBits(), features.secondOneGiB());
        // Bit 11 is below what EptEntry says of the addresses of large pages.
        return bits & ~SNOOP;
    }

    @Override
    long neededRights(int use) {
        if ((use & UPDATE) != 0) {
            return READ | WRITE;
        }
        return (use & TABLE) == 0 && (use & AccessType.WRITE) != 0 ? WRITE : READ;
    }

    @Override
    boolean isWrite(int use) {
        return accessedDirty && isForWrite(use);
    }

    private static boolean isForWrite(int use) {
        return (use & (AccessType.WRITE | UPDATE)) != 0;
    }

    @Override
    long outOfRange(long gpa, int use, Walker walker) {
        return fail(gpa, use, OUT_OF_RANGE, walker);
    }

    @Override
    boolean isPresent(long entry) {
        return (entry & (EptEntry.READ | EptEntry.WRITE)) != 0;
    }

    @Override
    boolean isIllFormed(long entry, int level, boolean leaf) {
        return (entry & (leaf ? leafReserved[level] : tableReserved[level])) != 0;
    }

    @Override
    long refuseForm(long gpa, int use, Walker walker) {
        return fail(gpa, use, RESERVED, walker);
    }

    @Override
    long refuse(long gpa, int use, long rights, long entry, Walker walker) {
        return fail(gpa, use, (rights & PRESENT) != 0 ? REFUSED : NOT_PRESENT, walker);
    }

    private static long fail(long gpa, int use, long cause, Walker walker) {
        long about = (isForWrite(use) ? FOR_WRITE : 0) | ((use & TABLE) != 0 ? FOR_TABLE : 0);
        return walker.fail(Outcome.DEVICE_REFUSED, gpa, cause | about);
    }

    @Override
    boolean setAllFlags(long gpa, int leafLevel, int top, boolean write, Walker walker) {
        if (!accessedDirty) {
            return true;
        }
        for (int level = top; level >= leafLevel; level--) {
            long old = pathEntry[level];
            long dirty = write && level == leafLevel ? EptEntry.DIRTY : 0;
            long updated = old | EptEntry.ACCESSED | dirty;
            if (updated != old) {
                setFlags(level, updated, EptEntry.ACCESSED, walker);
            }
        }
        return true;
    }

    /// The memory type's bits say nothing; [SecondLevelTranslation#IGNORE_PAT] stands for SNP: what
    /// the requester says of caches is ignored.
    @Override
    long translation(long entry, int level, long rights) {
        long dirty =
                !accessedDirty || (entry & EptEntry.DIRTY) != 0 ? SecondLevelTranslation.DIRTY : 0;
        long snoop = (entry & SNOOP) != 0 ? SecondLevelTranslation.IGNORE_PAT : 0;
        return SecondLevelTranslation.pack(
                EptEntry.page(entry, level), rights | dirty | snoop, level, 0);
    }

    @Override
    long rightsOf(long entry) {
        return entry & (EptEntry.READ | EptEntry.WRITE) | EXECUTE | USER_EXECUTE;
    }
}
