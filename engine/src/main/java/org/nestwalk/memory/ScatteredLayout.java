package org.nestwalk.memory;

import org.nestwalk.bits.PageSize;
import org.nestwalk.random.SplitMix64;

/// Pages of each size scattered over its own part of the zone (half of it for 4 KiB, a quarter each
/// for 2 MiB and 1 GiB): consecutive requests get unrelated frames, as on a machine that has been
/// up for long, yet a page of any size can be had.
///
/// The scatter is a seeded permutation within windows of 1, 2, 4, ... GiB (for 1-GiB pages, 64,
/// 128, ... GiB), see [ScatteredIndices].
public final class ScatteredLayout implements FrameLayout {
    private static final long FIRST_WINDOW_OF_1G = 64;

    private final ScatteredIndices[] indices = new ScatteredIndices[3];
    private final long[] base = new long[3];

    /// A layout over `zone`, from `seed`.
    public ScatteredLayout(PhysicalZone zone, long seed) {
        for (PageSize size : PageSize.values()) {
            int i = size.level() - 1;
            PhysicalZone.PhysicalPart part = zone.part(i);
            base[i] = part.base();
            long pages = part.bytes() >> size.shift();
            long first =
                    size == PageSize.SIZE_1G
                            ? FIRST_WINDOW_OF_1G
                            : PhysicalZone.GIB >> size.shift();
            indices[i] = new ScatteredIndices(pages, first, SplitMix64.hash(seed, size.level()));
        }
    }

    @Override
    public long allocate(PageSize size) {
        int i = size.level() - 1;
        long index = indices[i].next();
        return index < 0 ? -1 : base[i] + (index << size.shift());
    }

    @Override
    public String spec() {
        return "scattered";
    }
}
