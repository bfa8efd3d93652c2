package example;

import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.Walker;

/// A second level of two registers: guest-physical addresses below a limit are moved by an offset,
/// and others cause violations.
final class Segment extends SecondLevel {
    private static final long GRANTS = SecondLevelTranslation.ALL | SecondLevelTranslation.DIRTY;
    private static final int LEVEL_1G = 3;

    private final long limit;
    private final long offset;

    /// @param limit the first guest-physical address behind the segment, a multiple of 1 GiB
    /// @param offset to host-physical addresses, a multiple of 1 GiB
    Segment(long limit, long offset) {
        this.limit = limit;
        this.offset = offset;
    }

    /// Where `gpa` is in host-physical memory.
    long hostPhysical(long gpa) {
        return gpa + offset;
    }

    @Override
    protected long translate(long gpa, int use, Walker walker) {
        if (gpa >= limit) {
            return walker.fail(Outcome.EPT_VIOLATION, gpa, 0);
        }
        // As large as pages can be: translations of the guest's are cached in its own sizes.
        long page = gpa + offset & -(1L << 30);
        return SecondLevelTranslation.pack(page, GRANTS, LEVEL_1G, MemoryType.WB);
    }
}
