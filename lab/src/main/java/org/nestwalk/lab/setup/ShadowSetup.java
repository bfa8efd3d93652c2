package org.nestwalk.lab.setup;

import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.TableFormat;

/// Shadow paging: the hypervisor composes the guest's table with its own map of guest memory into
/// one that the processor walks as if there were no virtual machine.
///
/// The guest's tables are write-protected, so that every entry the guest writes is a VM exit, in
/// which the hypervisor updates the shadow too (Adams and Agesen, ASPLOS 2006). That is what is
/// counted; keeping the guest's accessed and dirty flags up to date would cost more and is not.
final class ShadowSetup extends OnDemand {
    private final PageSize size;
    private final FrameLayout guestFrames;
    private final GuestMemory guestMemory;
    private final PageTable guestTable;
    private final PageTable shadow;
    private final Mmu mmu;

    ShadowSetup(PageSize size, SetupContext context) {
        super(context);
        this.size = size;
        this.guestFrames = context.guestData();
        this.guestMemory = new GuestMemory(size, context, memory);
        this.guestTable =
                new PageTable(memory, guestMemory, TableFormat.X86, context.guestLevels());
        this.shadow =
                new PageTable(
                        memory,
                        new HostTableFrames(context.shadowTables()),
                        TableFormat.X86,
                        context.guestLevels());
        this.mmu = context.newMmu(memory, shadow.root(), SecondLevel.NONE, 0, this);
    }

    @Override
    protected void map(long gva, boolean write) {
        if (shadow.lookup(gva) != -1) {
            return;
        }
        long gpa = guestTable.lookup(gva);
        if (gpa == -1) {
            gpa =
                    LargestFitting.map(
                            guestTable,
                            gva,
                            guestFrames,
                            size,
                            faultFlags(write || guestFrames.isWritten()));
        }
        long hpa = guestMemory.back(gpa);
        PageSize shared = shared(gva, gpa);
        long offset = shared.offsetMask();
        long dirty = guestTable.entry(gva) & TableFormat.X86.dirty();
        shadow.map(
                gva & ~offset,
                hpa & ~offset,
                shared,
                faultFlags(write || guestFrames.isWritten()) | dirty);
    }

    /// The size of the largest page around `gva` that both maps have as one page.
    private PageSize shared(long gva, long gpa) {
        int guest = guestTable.leafLevel(gva);
        int host = guestMemory.secondLevelTable().leafLevel(gpa);
        return PageSize.ofLevel(Math.min(guest, host));
    }

    @Override
    public Mmu mmu() {
        return mmu;
    }

    @Override
    public long pageTableBytes() {
        return (guestTable.tables() + shadow.tables()) * PageSize.SIZE_4K.bytes();
    }

    @Override
    public long exits() {
        return guestTable.entriesWritten();
    }
}
