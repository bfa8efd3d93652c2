package org.nestwalk.mmu.tlb;

import org.nestwalk.bits.Access;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.paging.WalkResult;

/// A cached translation of a linear address packed into a `long`: static functions on that word.
///
/// ```text
///  63 62  59 58 56 55   54 53   52 51                          12 11   9 8 7 6 5 4  3 2 1 0
/// +--+------+-----+-------+-------+------------------------------+------+-+-+-+-+--+-+-+-+-+
/// |0 | key  |  0  | guest | size  | host-physical page, 51:12    |  0   |G|S|D|R|XS|X|U|W|P|
/// +--+------+-----+-------+-------+------------------------------+------+-+-+-+-+--+-+-+-+-+
/// ```
///
/// P, W, U, D, G and the protection key stand where a page-table entry has them (Intel SDM volume
/// 3A, section 4.5, table 4-20). `size` is the size of the cached mapping and `guest` that of the
/// guest's page, as [codes][#SIZE_4K]. A permission flag that is clear means that such an access is
/// not decided by this word and must walk; one that is set was granted by both dimensions under the
/// control-register bits of the walk that made the word.
public final class Translation {
    /// No translation: the word of a miss. Every translation has [#PRESENT] set.
    public static final long MISS = 0;

    /// P: the word is a translation.
    public static final long PRESENT = 1L;

    /// W: may be written.
    public static final long WRITABLE = 1L << 1;

    /// U: a user-mode address in the guest's tables.
    public static final long USER = 1L << 2;

    /// X: may be fetched from in user mode.
    public static final long USER_EXECUTABLE = 1L << 3;

    /// XS: may be fetched from in supervisor mode.
    public static final long SUPERVISOR_EXECUTABLE = 1L << 4;

    /// R: may be read; clear for execute-only second-level mappings.
    public static final long READABLE = 1L << 5;

    /// D: all dirty flags that a write sets are known to be set, so that it needs no walk.
    public static final long DIRTY = 1L << 6;

    /// S: splintered, that is, the guest's page is larger than the cached mapping.
    public static final long SPLINTERED = 1L << 7;

    /// G: global; used by every PCID of its VPID.
    public static final long GLOBAL = 1L << 8;

    /// Size code of 4 KiB. A size code is the level of the leaf minus one.
    public static final int SIZE_4K = 0;

    /// Size code of 2 MiB.
    public static final int SIZE_2M = 1;

    /// Size code of 1 GiB.
    public static final int SIZE_1G = 2;

    // Flags that an access needs, a byte for each kind of Access: READABLE for loads, DIRTY for
    // stores, USER_EXECUTABLE for fetches, the first two for modifies.
    private static final long NEEDED =
            READABLE << Byte.SIZE * Access.LOAD
                    | DIRTY << Byte.SIZE * Access.STORE
                    | USER_EXECUTABLE << Byte.SIZE * Access.FETCH
                    | (READABLE | DIRTY) << Byte.SIZE * Access.MODIFY;

    private static final long FLAGS = 0x1ff;
    private static final long FRAME = 0x000f_ffff_ffff_f000L;
    private static final int SIZE_SHIFT = 52;
    private static final int GUEST_SIZE_SHIFT = 54;
    private static final int KEY_SHIFT = 59;
    private static final long NOT_SMALL = 15L << SIZE_SHIFT | GLOBAL;

    private Translation() {}

    /// Packs a translation. [#PRESENT] and [#SPLINTERED] need not be among the flags.
    ///
    /// @param hpa host-physical address of the page or of any byte in it, at most 52 bits
    /// @param flags of the constants above
    /// @param size code of the cached mapping, at most `guestSize`
    /// @param guestSize code of the guest's page
    /// @param key protection key, 0 to 15
    public static long of(long hpa, long flags, int size, int guestSize, int key) {
        long page = hpa & FRAME & (-1L << shift(size));
        long splintered = size < guestSize ? SPLINTERED : 0;
        return page
                | (flags & FLAGS & ~SPLINTERED)
                | PRESENT
                | splintered
                | ((long) size << SIZE_SHIFT)
                | ((long) guestSize << GUEST_SIZE_SHIFT)
                | ((long) key << KEY_SHIFT);
    }

    /// The translation that a successful walk has found: what both dimensions allow, with the size
    /// of the smaller of both pages.
    public static long of(WalkResult result) {
        long rights = result.secondLevel();
        long flags =
                ((rights & SecondLevelTranslation.READ) != 0 ? READABLE : 0)
                        | (result.guestUser() ? USER : 0)
                        | (result.global() ? GLOBAL : 0);
        if (result.guestWritable() && (rights & SecondLevelTranslation.WRITE) != 0) {
            flags |= WRITABLE | (result.dirty() ? DIRTY : 0);
        }
        if (!result.guestNoExecute()) {
            flags |= (rights & SecondLevelTranslation.USER_EXECUTE) != 0 ? USER_EXECUTABLE : 0;
            flags |= (rights & SecondLevelTranslation.EXECUTE) != 0 ? SUPERVISOR_EXECUTABLE : 0;
        }
        return of(
                result.hostPhysicalAddress(),
                flags,
                result.effectiveLevel() - 1,
                result.guestPageLevel() - 1,
                result.protectionKey());
    }

    /// The mapping of the smaller page around linear address `gva`, as cached by a structure that
    /// holds no larger size. The guest's page stays what it was.
    ///
    /// @param size code, at most that of `translation`
    public static long splinter(long translation, long gva, int size) {
        long flags = translation & FLAGS;
        long hpa = physical(translation, gva);
        return of(hpa, flags, size, guestSize(translation), protectionKey(translation));
    }

    /// The translation of the 4-KiB page around linear address `gva` to the same host-physical
    /// address, otherwise as `zero`, which is that of page 0.
    public static long ofPage(long zero, long gva) {
        return zero | gva & FRAME;
    }

    /// Whether it allows `access`, packed by [Access], in user mode, flags included.
    public static boolean grants(long translation, long access) {
        long needed = NEEDED >>> Access.kind(access) * Byte.SIZE & 0xff;
        return (translation & needed) == needed;
    }

    /// Whether it is an ordinary 4-KiB translation: neither a piece of a larger page nor global.
    public static boolean isSmall(long translation) {
        return (translation & NOT_SMALL) == 0;
    }

    /// The host-physical address that linear address `gva`, in the page, translates to.
    public static long physical(long translation, long gva) {
        long offset = (1L << shift(size(translation))) - 1;
        return (translation & FRAME) | (gva & offset);
    }

    /// The host-physical address of the page's first byte.
    public static long page(long translation) {
        return translation & FRAME;
    }

    /// Whether all of `flags` are set.
    public static boolean has(long translation, long flags) {
        return (translation & flags) == flags;
    }

    /// Size code of the cached mapping.
    public static int size(long translation) {
        return (int) (translation >>> SIZE_SHIFT) & 3;
    }

    /// Size code of the guest's page.
    public static int guestSize(long translation) {
        return (int) (translation >>> GUEST_SIZE_SHIFT) & 3;
    }

    /// Protection key, 0 to 15.
    public static int protectionKey(long translation) {
        return (int) (translation >>> KEY_SHIFT) & 15;
    }

    /// Log2 of the bytes of a page with size code `size`.
    public static int shift(int size) {
        return 12 + 9 * size;
    }
}
