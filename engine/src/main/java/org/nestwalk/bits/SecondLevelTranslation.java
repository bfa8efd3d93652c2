package org.nestwalk.bits;

/// A finished second-level translation packed into a `long`: what a nested TLB holds and what the
/// walker passes on.
///
/// ```text
///  63 59 58 56 55 54 53 52 51                        12 11  7  6  5  4  3  2  1  0
/// +-----+-----+-----+-----+----------------------------+------+--+--+--+--+--+--+--+
/// |  0  |type |size |size | host-physical page, 51:12  |  0   |PW|I |D |XU|X |W |R |
/// +-----+-----+-----+-----+----------------------------+------+--+--+--+--+--+--+--+
/// ```
///
/// R, W, X, XU: accumulated permissions, as in [EptEntry] (XU in bit 3 here). D: the dirty flag is
/// known to be set, or need not be. I: the guest's PAT is ignored. PW: flags of guest tables may be
/// set. type: EPT memory type. size: level of the leaf, less 1, twice: in 53:52, where a TLB's word
/// has the size of its entry, and in 55:54, where that has the size of the guest's page, so that a
/// nested TLB is the same array as a TLB. The page field is that of the 4-KiB page asked for,
/// whatever the size.
public final class SecondLevelTranslation {
    /// Reads are allowed. Every valid word has at least one permission, so no valid word is 0.
    public static final long READ = 1;

    /// Writes are allowed.
    public static final long WRITE = 1L << 1;

    /// Fetches (from supervisor-mode linear addresses, with mode-based execute) are allowed.
    public static final long EXECUTE = 1L << 2;

    /// Fetches from user-mode linear addresses are allowed.
    public static final long USER_EXECUTE = 1L << 3;

    /// A write needs no flag update.
    public static final long DIRTY = 1L << 4;

    /// The guest's PAT is ignored.
    public static final long IGNORE_PAT = 1L << 5;

    /// The processor may set flags in guest tables there, even if writes are not allowed.
    public static final long PAGING_WRITE = 1L << 6;

    /// All four permissions.
    public static final long ALL = READ | WRITE | EXECUTE | USER_EXECUTE;

    private static final int TYPE_SHIFT = 56;
    private static final int SIZE_SHIFT = 52;
    private static final int GUEST_SIZE_SHIFT = 54;

    private SecondLevelTranslation() {}

    /// Packs a translation.
    ///
    /// @param hpa host-physical address of the page, aligned to its size
    /// @param rights any of the constants above
    /// @param level level of the leaf, 1 to 3
    /// @param memoryType EPT memory type, 0 to 7
    public static long pack(long hpa, long rights, int level, int memoryType) {
        long size = level - 1L;
        return hpa
                | size << SIZE_SHIFT
                | size << GUEST_SIZE_SHIFT
                | (long) memoryType << TYPE_SHIFT
                | rights;
    }

    /// The host-physical address that `gpa`, an address in the translated page, has.
    public static long address(long translation, long gpa) {
        long offset = (1L << PageSize.shiftOfLevel(level(translation))) - 1;
        return (translation & PagingEntry.ADDRESS) | (gpa & offset);
    }

    /// The level of the leaf entry: 1 for 4 KiB, 2 for 2 MiB, 3 for 1 GiB.
    public static int level(long translation) {
        return ((int) (translation >>> SIZE_SHIFT) & 3) + 1;
    }

    /// The EPT memory type.
    public static int memoryType(long translation) {
        return (int) (translation >>> TYPE_SHIFT) & 7;
    }
}
