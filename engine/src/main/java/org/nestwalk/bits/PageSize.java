package org.nestwalk.bits;

import org.nestwalk.InputException;

/// A size that one leaf entry of a paging structure can map, in either dimension.
///
/// Source: Intel SDM volume 3A, section 4.5 (4-level and 5-level paging); AMD APM volume 2, section
/// 5.3.
public enum PageSize {
    /// 4 KiB, mapped by a page-table entry (level 1).
    SIZE_4K("4K", 1),
    /// 2 MiB, mapped by a page-directory entry (level 2).
    SIZE_2M("2M", 2),
    /// 1 GiB, mapped by a page-directory-pointer-table entry (level 3).
    SIZE_1G("1G", 3);

    private static final PageSize[] BY_LEVEL = values();

    private final String label;
    private final int level;

    PageSize(String label, int level) {
        this.label = label;
        this.level = level;
    }

    /// The name people write: `4K`, `2M` or `1G`.
    public String label() {
        return label;
    }

    /// The level of the paging structure whose entries map this size: 1, 2 or 3.
    public int level() {
        return level;
    }

    /// Log2 of the size in bytes: 12, 21 or 30.
    public int shift() {
        return shiftOfLevel(level);
    }

    /// The size in bytes.
    public long bytes() {
        return 1L << shift();
    }

    /// The mask of the offset inside a page: `bytes() - 1`.
    public long offsetMask() {
        return bytes() - 1;
    }

    /// Log2 of the bytes that one entry of a structure at `level` covers: level 1 is 12, 2 is 21,
    /// up to 5, 48.
    public static int shiftOfLevel(int level) {
        return 3 + 9 * level;
    }

    /// The page size that a leaf at `level` (1, 2 or 3) maps.
    public static PageSize ofLevel(int level) {
        return BY_LEVEL[level - 1];
    }

    /// The page size that people call `label`; an [InputException] names the valid ones.
    public static PageSize parse(String label) {
        for (PageSize size : BY_LEVEL) {
            if (size.label.equalsIgnoreCase(label)) {
                return size;
            }
        }
        throw new InputException("unknown page size '" + label + "'; use 4K, 2M or 1G");
    }
}
