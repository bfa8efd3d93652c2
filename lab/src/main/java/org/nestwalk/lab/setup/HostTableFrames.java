package org.nestwalk.lab.setup;

import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.paging.TableFrames;

/// Frames for tables whose entries hold host-physical addresses.
record HostTableFrames(FrameLayout layout) implements TableFrames {
    @Override
    public long allocate() {
        return layout.allocate(PageSize.SIZE_4K);
    }

    @Override
    public long hostPhysical(long address) {
        return address;
    }
}
