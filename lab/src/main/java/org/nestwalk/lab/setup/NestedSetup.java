package org.nestwalk.lab.setup;

import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.paging.ExtendedPageTables;
import org.nestwalk.paging.NestedPageTables;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.TableFormat;

/// Nested paging: the guest's own table, under EPT or AMD's nested tables.
final class NestedSetup extends OnDemand {
    private final PageSize guestSize;
    private final FrameLayout guestFrames;
    private final GuestMemory guestMemory;
    private final PageTable guestTable;
    private final Mmu mmu;

    NestedSetup(PageSize guestSize, PageSize hostSize, SetupContext context) {
        super(context);
        this.guestSize = guestSize;
        this.guestFrames = context.guestData();
        this.guestMemory = new GuestMemory(hostSize, context, memory);
        this.guestTable =
                new PageTable(memory, guestMemory, TableFormat.X86, context.guestLevels());
        long root = guestMemory.secondLevelTable().root();
        this.mmu =
                context.newMmu(memory, guestTable.root(), secondLevel(root, context), root, this);
    }

    /// What the machine of `context` translates by, from the table at `root`.
    static SecondLevel secondLevel(long root, SetupContext context) {
        if (context.isAmd()) {
            long levels = context.hostLevels() == 5 ? ControlRegisters.CR4_LA57 : 0;
            long cr4 = context.state().hostCr4() | levels;
            long efer = context.state().hostEfer();
            return new NestedPageTables(root, cr4, efer, context.features());
        }
        boolean flags = context.machine().translation().secondLevel() == SecondLevelFormat.EPT_AD;
        long pointer = ExtendedPageTables.pointer(root, context.hostLevels(), flags);
        boolean modes = context.state().modeBasedExecute();
        return new ExtendedPageTables(pointer, modes, context.features(), null, null);
    }

    @Override
    protected void map(long gva, boolean write) {
        long gpa = guestTable.lookup(gva);
        if (gpa == -1) {
            gpa =
                    LargestFitting.map(
                            guestTable,
                            gva,
                            guestFrames,
                            guestSize,
                            faultFlags(write || guestFrames.isWritten()));
        }
        guestMemory.back(gpa);
    }

    @Override
    public Mmu mmu() {
        return mmu;
    }

    @Override
    public long pageTableBytes() {
        long tables = guestTable.tables() + guestMemory.secondLevelTable().tables();
        return tables * PageSize.SIZE_4K.bytes();
    }
}
