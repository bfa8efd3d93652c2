package org.nestwalk.guest.kernel;

import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;

/// A virtual memory area: a range of linear addresses that a process may use, backed by pages as
/// they are touched.
///
/// @param start the first address, a multiple of 4096
/// @param end the first address after it, a multiple of 4096
/// @param rights bits of this record; [#READ] always, since x86 paging cannot withhold it from a
///   present page
public record Vma(long start, long end, int rights) {
    /// Loads are allowed.
    public static final int READ = 1;

    /// Stores are allowed.
    public static final int WRITE = 1 << 1;

    /// Fetches are allowed.
    public static final int EXECUTE = 1 << 2;

    /// All three.
    public static final int ALL = READ | WRITE | EXECUTE;

    /// The end of the lower half of a 48-bit linear address space, which is a process's.
    public static final long USER_END = 1L << 47;

    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    /// Checks the bounds above.
    ///
    /// @throws InputException if the range is empty, not aligned or not in the lower half, or the
    ///   rights are not valid
    public Vma {
        if (start < 0 || start >= end || end > USER_END || start % PAGE != 0 || end % PAGE != 0) {
            throw new InputException(
                    "no mapping can be from 0x%x to 0x%x; it must not be empty, and be whole pages of 4KiB below 0x%x"
                            .formatted(start, end, USER_END));
        }
        if ((rights & READ) == 0 || (rights & ~ALL) != 0) {
            throw new InputException(
                    "rights %d of a mapping are not READ with WRITE, EXECUTE or both"
                            .formatted(rights));
        }
    }

    /// An area for a program with `bytes` of data from `base`, rounded to whole 2-MiB pages.
    public static Vma around(long base, long bytes) {
        return new Vma(base & -LARGE, base + bytes + LARGE - 1 & -LARGE, ALL);
    }

    /// All that a process can have, for programs of which nobody knows what they use.
    public static Vma everything() {
        return new Vma(0, USER_END, ALL);
    }

    /// Whether the area has all of `wanted`.
    boolean allows(int wanted) {
        return (rights & wanted) == wanted;
    }

    /// Whether all of a range lies in it.
    boolean contains(long from, long to) {
        return from >= start && to <= end;
    }

    /// Bits that leaf entries of the area must not have.
    long forbidden() {
        return (allows(WRITE) ? 0 : PagingEntry.WRITE)
                | (allows(EXECUTE) ? PagingEntry.NO_EXECUTE : 0);
    }

    /// Bits that leaf entries of the area must have, unless their page is shared.
    long required() {
        return (allows(WRITE) ? PagingEntry.WRITE : 0)
                | (allows(EXECUTE) ? 0 : PagingEntry.NO_EXECUTE);
    }
}
