package org.nestwalk.bits;

/// An entry of Intel's extended page tables (EPT).
///
/// ```text
///  63 62 61 60 59 58 57 52 51           M M-1           12 11 10 9 8 7 6 5  3 2 1 0
/// +--+--+--+-----+--+-----+--------------+----------------+--+--+-+-+-+-+----+-+-+-+
/// |S |ig|S | ign.|PW|ign. | reserved (0) | physical addr. |ig|XU|D|A|P|I| MT |X|W|R|
/// |V |n.|P |     |  |     |              | of table or    |n.|  | | |S|P|    | | | |
/// |E |  |P |     |  |     |              | page           |  |  | | | |AT    | | | |
/// +--+--+--+-----+--+-----+--------------+----------------+--+--+-+-+-+-+----+-+-+-+
/// ```
///
/// R, W, X: read, write and (supervisor) execute permission. XU: user execute permission, only with
/// mode-based execute control. MT (memory type), IPAT and D have their meaning in leaf entries
/// only; bits 6:3 of a non-leaf entry are reserved. SVE (suppress #VE) counts in leaf and
/// not-present entries. M is MAXPHYADDR.
///
/// Sources: Intel SDM volume 3C, tables 28-1 to 28-6 (2016 edition).
public final class EptEntry {
    /// R: reads are allowed.
    public static final long READ = 1;

    /// W: writes are allowed.
    public static final long WRITE = 1L << 1;

    /// X: instruction fetches are allowed; with mode-based execute control only those from
    /// supervisor-mode linear addresses.
    public static final long EXECUTE = 1L << 2;

    /// IPAT: the guest's PAT type is ignored.
    public static final long IGNORE_PAT = 1L << 6;

    /// PS: the entry maps a large page (levels 2 and 3).
    public static final long LARGE = 1L << 7;

    /// A: the entry has been used by a translation.
    public static final long ACCESSED = 1L << 8;

    /// D: the page has been written (leaf entries).
    public static final long DIRTY = 1L << 9;

    /// XU: fetches from user-mode linear addresses are allowed (mode-based execute control).
    public static final long USER_EXECUTE = 1L << 10;

    /// PW, paging-write: the processor may set flags of guest tables in the page, although W is 0
    /// (with the control of that name; leaf entries).
    public static final long PAGING_WRITE = 1L << 58;

    /// SPP: parts of the page may be written that a table says, although W is 0 (with sub-page
    /// write permissions; level 1).
    public static final long SUB_PAGES = 1L << 61;

    /// Suppress #VE: a violation that ends here stays a VM exit.
    public static final long SUPPRESS_VE = 1L << 63;

    /// Bits 51:12, which hold the address of the next table or page.
    public static final long ADDRESS = PagingEntry.ADDRESS;

    private static final int TYPE_SHIFT = 3;
    private static final long NON_LEAF_RESERVED = 0b1111L << TYPE_SHIFT;

    private EptEntry() {}

    /// The memory type of a leaf entry, 0 to 7; see [MemoryType].
    public static int memoryType(long entry) {
        return (int) (entry >>> TYPE_SHIFT) & 7;
    }

    /// The memory-type field that gives a leaf entry `type`.
    public static long ofMemoryType(int type) {
        return (long) type << TYPE_SHIFT;
    }

    /// Whether an entry read at `level` maps a page: always at level 1, by PS at levels 2 and 3.
    public static boolean isLeaf(long entry, int level) {
        return PagingEntry.isLeaf(entry, level);
    }

    /// The base address of the page that a leaf entry at `level` (1 to 3) maps.
    public static long page(long entry, int level) {
        return PagingEntry.page(entry, level);
    }

    /// The bits that must be 0 in a present entry at `level`; setting one is an EPT
    /// misconfiguration.
    ///
    /// @param level 1 to 5
    /// @param leaf whether PS makes it a leaf; ignored at level 1 and above level 3
    /// @param physicalBits MAXPHYADDR, 32 to 52
    /// @param onePageGiB whether EPT supports 1-GiB pages
    public static long reservedBits(int level, boolean leaf, int physicalBits, boolean onePageGiB) {
        long reserved = ADDRESS & -(1L << physicalBits);
        if (level == 1) {
            return reserved;
        }
        if (level >= 4) {
            return reserved | NON_LEAF_RESERVED | LARGE;
        }
        if (!leaf) {
            return reserved | NON_LEAF_RESERVED;
        }
        reserved |= (1L << PageSize.shiftOfLevel(level)) - (1L << 12);
        return level == 3 && !onePageGiB ? reserved | LARGE : reserved;
    }

    /// Whether the permissions of a present entry cannot exist: writable but not readable, or
    /// executable but not readable where execute-only translations are not supported.
    ///
    /// @param execute [#EXECUTE], with [#USER_EXECUTE] under mode-based execute control
    public static boolean hasIllegalPermissions(
            long entry, long execute, boolean executeOnlySupported) {
        return (entry & READ) == 0
                && ((entry & WRITE) != 0 || (!executeOnlySupported && (entry & execute) != 0));
    }
}
