package org.nestwalk.paging;

import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.memory.PhysicalMemory;

/// A second level that walks reach only from some entry on, as in agile paging (Gandhi, Hill and
/// Swift, ISCA 2016): entries above it hold host-physical addresses, which need no translation.
///
/// Their [switching bit][#HOST] tells the two kinds of addresses apart. In the paper it is set in
/// the entry at which the walk switches; here in all before that, so that one rule serves CR3 too.
public final class SwitchedSecondLevel extends SecondLevel {
    /// Set in an address that is host-physical: one PiB, beyond what setups use of 52 bits.
    public static final long HOST = 1L << 50;

    private static final long PAGE = -4096;
    private static final long GRANTS = SecondLevelTranslation.ALL | SecondLevelTranslation.DIRTY;

    private final SecondLevel below;

    /// @param below what translates all other addresses
    public SwitchedSecondLevel(SecondLevel below) {
        this.below = below;
    }

    @Override
    protected long likelyLeaf(long gpa, PhysicalMemory memory) {
        return (gpa & HOST) != 0 ? 0 : below.likelyLeaf(gpa, memory);
    }

    @Override
    protected long translate(long gpa, int use, Walker walker) {
        return (gpa & HOST) != 0
                ? SecondLevelTranslation.pack(gpa & ~HOST & PAGE, GRANTS, 1, MemoryType.WB)
                : below.translate(gpa, use, walker);
    }
}
