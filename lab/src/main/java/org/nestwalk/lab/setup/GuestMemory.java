package org.nestwalk.lab.setup;

import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// A virtual machine's physical memory as its hypervisor keeps it: every guest-physical page is
/// backed by host frames when it is first needed, and the second-level table says by which.
final class GuestMemory implements TableFrames {
    private final PageTable backing;
    private final PageSize size;
    private final FrameLayout guestTables;
    private final FrameLayout hostData;
    private final FrameLayout guestTableBacking;

    /// Memory backed by pages of at most `size`, with second-level tables in `memory`.
    GuestMemory(PageSize size, SetupContext context, PhysicalMemory memory) {
        this.size = size;
        this.guestTables = context.guestTables();
        this.hostData = context.hostData();
        this.guestTableBacking = context.guestTableBacking();
        this.backing =
                new PageTable(
                        memory,
                        new HostTableFrames(context.hostTables()),
                        context.isAmd() ? TableFormat.X86 : TableFormat.EPT,
                        context.hostLevels());
    }

    /// The host-physical address of `gpa`, which is backed now if it was not.
    long back(long gpa) {
        long hpa = backing.lookup(gpa);
        if (hpa != -1) {
            return hpa;
        }
        FrameLayout frames = SetupContext.isGuestTable(gpa) ? guestTableBacking : hostData;
        TableFormat format = backing.format();
        return LargestFitting.map(backing, gpa, frames, size, format.accessed() | format.dirty());
    }

    /// The second-level table.
    PageTable secondLevelTable() {
        return backing;
    }

    @Override
    public long allocate() {
        long gpa = guestTables.allocate(PageSize.SIZE_4K);
        back(gpa);
        return gpa;
    }

    @Override
    public long hostPhysical(long gpa) {
        return backing.lookup(gpa);
    }
}
