package org.nestwalk.mmu;

/// A cached translation of a guest-physical address packed into a `long`: static functions on that
/// word.
///
/// ```text
///  63   56 55   54 53   52 51                            12 11 10  9  8    3 2 1 0
/// +-------+-------+-------+--------------------------------+--+--+--+------+-+-+-+
/// |   0   | size  | size  |   host-physical page, 51:12    |0 |XU|D |  0   |X|W|R|
/// +-------+-------+-------+--------------------------------+--+--+--+------+-+-+-+
/// ```
///
/// R, W, X, D and XU stand where an EPT leaf entry has them (Intel SDM volume 3C, section 28.2.2,
/// table 28-6). At least one of R, W and X is set, because nothing else is cached; so 0 is a miss.
/// `size` is a size code as in [Translation], twice because the cached mapping is always the whole
/// page.
public final class GuestPhysicalTranslation {
    /// No translation.
    public static final long MISS = 0;

    /// R: may be read.
    public static final long READABLE = 1L;

    /// W: may be written.
    public static final long WRITABLE = 1L << 1;

    /// X: may be fetched from; with mode-based execute control, in supervisor mode.
    public static final long EXECUTABLE = 1L << 2;

    /// D: the dirty flag is known to be set, or the tables have none.
    public static final long DIRTY = 1L << 9;

    /// XU: with mode-based execute control, may be fetched from in user mode.
    public static final long USER_EXECUTABLE = 1L << 10;

    private static final long FLAGS = READABLE | WRITABLE | EXECUTABLE | DIRTY | USER_EXECUTABLE;
    private static final long FRAME = 0x000f_ffff_ffff_f000L;
    private static final int SIZE_SHIFT = 52;

    private GuestPhysicalTranslation() {}

    /// Packs a translation.
    ///
    /// @param hpa host-physical address of the page or of any byte in it, at most 52 bits
    /// @param flags of the constants above, with at least one of R, W and X
    /// @param size code of the page
    public static long of(long hpa, long flags, int size) {
        long page = hpa & FRAME & (-1L << Translation.shift(size));
        return page | (flags & FLAGS) | (((long) size * 5) << SIZE_SHIFT);
    }

    /// The host-physical address that guest-physical address `gpa`, in the page, translates to.
    public static long physical(long translation, long gpa) {
        long offset = (1L << Translation.shift(size(translation))) - 1;
        return (translation & FRAME) | (gpa & offset);
    }

    /// Whether all of `flags` are set.
    public static boolean has(long translation, long flags) {
        return (translation & flags) == flags;
    }

    /// Size code of the page.
    public static int size(long translation) {
        return (int) (translation >>> SIZE_SHIFT) & 3;
    }
}
