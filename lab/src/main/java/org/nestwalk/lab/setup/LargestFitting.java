package org.nestwalk.lab.setup;

import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.paging.PageTable;

/// Mapping with the size that was asked for where memory allows, and smaller pages elsewhere.
public final class LargestFitting {
    private LargestFitting() {}

    /// Maps the page around `address`, which is not mapped, with a page of at most `size`; if one
    /// cannot be had because memory is fragmented, or smaller pages are in its way, with the next
    /// smaller one.
    ///
    /// @param flags of the leaf entry
    /// @return the address that `address` is mapped to
    /// @throws IllegalStateException if no frame is left
    public static long map(
            PageTable table, long address, FrameLayout frames, PageSize size, long flags) {
        for (int level = size.level(); level >= 1; level--) {
            PageSize attempt = PageSize.ofLevel(level);
            long page = address & ~attempt.offsetMask();
            if (!table.isFree(page, attempt)) {
                continue;
            }
            long frame = frames.allocate(page, attempt);
            if (frame != -1) {
                table.map(page, frame, attempt, flags);
                return frame | (address & attempt.offsetMask());
            }
        }
        throw new IllegalStateException("physical memory is exhausted");
    }
}
