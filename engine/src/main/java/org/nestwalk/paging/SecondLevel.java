package org.nestwalk.paging;

import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.memory.PhysicalMemory;

/// The translation of guest-physical to host-physical addresses, for the walker.
///
/// An implementation reports each reference to the walker's visitor, uses its caches (looks them up
/// by [Walker#nested] and [Walker#secondStart]), performs the accessed and dirty updates of its own
/// tables, and leaves a failure in the walker's result.
public abstract class SecondLevel {
    /// An access that is a step of the guest's walk: the read of a guest table entry.
    protected static final int TABLE = 1 << 6;

    /// The write that sets flags in a guest table entry; always with [#TABLE].
    protected static final int UPDATE = 1 << 7;

    /// The linear address is a user-mode one: all guest entries allow user access.
    protected static final int USER_LINEAR = 1 << 8;

    private static final long ONE_GIB = 1L << 30;

    /// No second level: guest-physical addresses are host-physical.
    public static final SecondLevel NONE =
            new SecondLevel() {
                @Override
                public boolean isIdentity() {
                    return true;
                }

                @Override
                protected long translate(long gpa, int use, Walker walker) {
                    return SecondLevelTranslation.pack(
                            gpa & -ONE_GIB,
                            SecondLevelTranslation.ALL | SecondLevelTranslation.DIRTY,
                            3,
                            MemoryType.WB);
                }
            };

    /// For implementations.
    protected SecondLevel() {}

    /// Whether guest-physical addresses are host-physical ones, with the memory types of native
    /// paging.
    public boolean isIdentity() {
        return false;
    }

    /// The host-physical address at which the level-1 entry of `gpa` probably is, or 0 if there is
    /// no guess: a hint for reading ahead, on which no result depends.
    protected long likelyLeaf(long gpa, PhysicalMemory memory) {
        return 0;
    }

    /// Translates `gpa` for an access.
    ///
    /// @param use bits of [AccessType] and of this class
    /// @param walker whose memory, visitor, caches and result to use
    /// @return the translation packed by [SecondLevelTranslation], or 0 after a failure, which
    ///   [Walker#fail] has recorded
    protected abstract long translate(long gpa, int use, Walker walker);
}
