package org.nestwalk.memory;

import org.nestwalk.bits.PageSize;

/// Frames in the order of first request, each size ascending from the base of its own part of the
/// zone: the first half for 4 KiB, a quarter each for 2 MiB and 1 GiB. What a guest sees that
/// touches its memory in order on a machine that has just booted.
public final class ContiguousLayout implements FrameLayout {
    private final long[] next = new long[3];
    private final long[] end = new long[3];

    /// A layout over `zone`.
    public ContiguousLayout(PhysicalZone zone) {
        for (int i = 0; i < next.length; i++) {
            PhysicalZone.PhysicalPart part = zone.part(i);
            next[i] = part.base();
            end[i] = part.base() + part.bytes();
        }
    }

    @Override
    public long allocate(PageSize size) {
        int i = size.level() - 1;
        long frame = next[i];
        if (frame == end[i]) {
            return -1;
        }
        next[i] = frame + size.bytes();
        return frame;
    }

    @Override
    public String spec() {
        return "contiguous";
    }
}
