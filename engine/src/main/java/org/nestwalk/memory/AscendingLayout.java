package org.nestwalk.memory;

import java.util.HashMap;
import java.util.Map;
import org.nestwalk.bits.PageSize;

/// Frames where they would be if all memory around had been written before, in ascending order, as
/// by a program that first initialises its data: each aligned gibibyte of addresses has one of the
/// zone to itself, in the order of their first request, and each of its pages the place there that
/// it has in the gibibyte.
///
/// So tables of a few pages, touched at random, are as dense as if all were there. Pages of the
/// same address have the same frame, whatever their size. Requests without an address come from the
/// end of the zone, downwards, a gibibyte for each size at a time.
public final class AscendingLayout implements FrameLayout {
    private static final int GIB_SHIFT = PageSize.SIZE_1G.shift();

    private final PhysicalZone zone;
    private final Map<Long, Long> places = new HashMap<>();
    private final long[] next = new long[PageSize.values().length];
    private final long[] end = new long[next.length];
    private long low;
    private long high;

    /// A layout over `zone`.
    public AscendingLayout(PhysicalZone zone) {
        this.zone = zone;
        this.high = zone.bytes() >> GIB_SHIFT;
    }

    @Override
    public long allocate(long address, PageSize size) {
        Long place = places.get(address >> GIB_SHIFT);
        if (place == null) {
            if (low == high) {
                return -1;
            }
            place = low++;
            places.put(address >> GIB_SHIFT, place);
        }
        long offset = address & PageSize.SIZE_1G.offsetMask() & ~size.offsetMask();
        return zone.base() + (place << GIB_SHIFT) + offset;
    }

    @Override
    public long allocate(PageSize size) {
        int i = size.level() - 1;
        if (next[i] == end[i]) {
            if (low == high) {
                return -1;
            }
            next[i] = zone.base() + (--high << GIB_SHIFT);
            end[i] = next[i] + PageSize.SIZE_1G.bytes();
        }
        long frame = next[i];
        next[i] = frame + size.bytes();
        return frame;
    }

    @Override
    public boolean isWritten() {
        return true;
    }

    @Override
    public String spec() {
        return "ascending";
    }
}
