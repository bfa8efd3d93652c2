package org.nestwalk.bits;

/// An entry of an x86-64 paging structure: guest paging, native paging, and AMD nested paging,
/// which uses the same format with the host's rules.
///
/// ```text
///  63 62  59 58  52 51           M M-1              12 11   9 8 7 6 5 4 3 2 1 0
/// +--+------+------+--------------+-------------------+------+-+-+-+-+-+-+-+-+-+
/// |X | prot | ign. | reserved (0) | physical address  | ign. |G|P|D|A|P|P|U|W|P|
/// |D | key  |      |              | of table or page  |      | |S| | |C|W| | | |
/// |  |      |      |              |                   |      | |/| | |D|T| | | |
/// |  |      |      |              |                   |      | |PAT| | | | | | |
/// +--+------+------+--------------+-------------------+------+-+-+-+-+-+-+-+-+-+
/// ```
///
/// M is the processor's physical-address width (MAXPHYADDR, at most 52). Bit 7 is PS at levels 2
/// and 3 (the entry maps a 2-MiB or 1-GiB page), PAT at level 1 and reserved above. A large page
/// keeps its PAT bit in bit 12, and the address bits between 13 and its size are reserved. Bits 6
/// (D), 8 (G) and 62:59 (protection key) have their meaning in leaf entries only.
///
/// Sources: Intel SDM volume 3A, tables 4-14 to 4-20; AMD APM volume 2, section 5.4.
public final class PagingEntry {
    /// P: the entry is valid.
    public static final long PRESENT = 1;

    /// W (R/W): writes are allowed.
    public static final long WRITE = 1L << 1;

    /// U (U/S): user-mode accesses are allowed.
    public static final long USER = 1L << 2;

    /// PWT: bit 0 of the PAT index.
    public static final long WRITE_THROUGH = 1L << 3;

    /// PCD: bit 1 of the PAT index.
    public static final long CACHE_DISABLE = 1L << 4;

    /// A: the entry has been used by a translation.
    public static final long ACCESSED = 1L << 5;

    /// D: the page has been written (leaf entries).
    public static final long DIRTY = 1L << 6;

    /// PS: the entry maps a large page (levels 2 and 3).
    public static final long LARGE = 1L << 7;

    /// PAT of a 4-KiB page: bit 2 of the PAT index.
    public static final long PAT_4K = 1L << 7;

    /// G: the translation is global (leaf entries).
    public static final long GLOBAL = 1L << 8;

    /// PAT of a large page: bit 2 of the PAT index.
    public static final long PAT_LARGE = 1L << 12;

    /// XD (NX): instruction fetches are not allowed.
    public static final long NO_EXECUTE = 1L << 63;

    /// Bits 51:12, which hold the address of the next table or page.
    public static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    private PagingEntry() {}

    /// Whether the entry is valid.
    public static boolean isPresent(long entry) {
        return (entry & PRESENT) != 0;
    }

    /// Whether an entry read at `level` maps a page: always at level 1, by PS at levels 2 and 3.
    public static boolean isLeaf(long entry, int level) {
        return level == 1 || (level <= 3 && (entry & LARGE) != 0);
    }

    /// The address of the table that a non-leaf entry points to.
    public static long table(long entry) {
        return entry & ADDRESS;
    }

    /// The base address of the page that a leaf entry at `level` (1 to 3) maps.
    public static long page(long entry, int level) {
        return entry & ADDRESS & -(1L << PageSize.shiftOfLevel(level));
    }

    /// The protection key of a leaf entry, 0 to 15.
    public static int protectionKey(long entry) {
        return (int) (entry >>> 59) & 15;
    }

    /// The index into IA32_PAT that a leaf entry at `level` (1 to 3) selects, 0 to 7.
    public static int patIndex(long entry, int level) {
        long pat = level == 1 ? entry >>> 7 : entry >>> 12;
        return (int) ((entry >>> 3 & 3) | (pat & 1) << 2);
    }

    /// The bits that must be 0 in a present entry at `level`.
    ///
    /// @param level 1 to 5
    /// @param leaf whether PS makes it a leaf; ignored at level 1 and above level 3
    /// @param physicalBits MAXPHYADDR, 32 to 52
    /// @param noExecute whether EFER.NXE gives bit 63 a meaning; otherwise it is reserved
    /// @param onePageGiB whether 1-GiB pages exist; otherwise PS is reserved at level 3
    /// @param amd whether bit 8 of level-4 and level-5 entries must be 0, as on AMD processors
    public static long reservedBits(
            int level,
            boolean leaf,
            int physicalBits,
            boolean noExecute,
            boolean onePageGiB,
            boolean amd) {
        long reserved = ADDRESS & -(1L << physicalBits);
        if (!noExecute) {
            reserved |= NO_EXECUTE;
        }
        if (level >= 4) {
            reserved |= LARGE;
            if (amd) {
                reserved |= GLOBAL;
            }
        } else if (level > 1 && leaf) {
            reserved |= (1L << PageSize.shiftOfLevel(level)) - (PAT_LARGE << 1);
            if (level == 3 && !onePageGiB) {
                reserved |= LARGE;
            }
        }
        return reserved;
    }
}
