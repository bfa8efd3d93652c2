package org.nestwalk.lab.setup;

import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.TableFormat;

/// No virtual machine: one table from linear to physical addresses.
final class NativeSetup extends OnDemand {
    private final PageSize size;
    private final FrameLayout frames;
    private final PageTable table;
    private final Mmu mmu;

    NativeSetup(PageSize size, SetupContext context) {
        super(context);
        this.size = size;
        this.frames = context.hostData();
        this.table =
                new PageTable(
                        memory,
                        new HostTableFrames(context.hostTables()),
                        TableFormat.X86,
                        context.guestLevels());
        this.mmu = context.newMmu(memory, table.root(), SecondLevel.NONE, 0, this);
    }

    @Override
    protected void map(long gva, boolean write) {
        if (table.lookup(gva) == -1) {
            LargestFitting.map(table, gva, frames, size, faultFlags(write || frames.isWritten()));
        }
    }

    @Override
    public Mmu mmu() {
        return mmu;
    }

    @Override
    public long pageTableBytes() {
        return table.tables() * PageSize.SIZE_4K.bytes();
    }
}
