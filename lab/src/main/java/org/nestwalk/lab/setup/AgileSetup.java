package org.nestwalk.lab.setup;

import org.nestwalk.bits.LinearAddress;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.SwitchedSecondLevel;
import org.nestwalk.paging.TableFormat;

/// Agile paging (Gandhi, Hill and Swift, "Agile paging: exceeding the best of nested and shadow
/// paging", ISCA 2016): a walk begins in shadow tables, whose entries hold host-physical addresses,
/// and switches to the guest's own table and nested paging at the leaf tables.
///
/// ```text
///  CR3 -> shadow L4 -> shadow L3 -> shadow L2 -> guest L1 -> second level -> page
///         1            1            1, switch    1           4                      = 8 references
/// ```
///
/// That is the state in which the paper's policy leaves a program whose leaf tables the guest goes
/// on writing; upper tables change seldom, and each of their entries that the guest writes is a VM
/// exit, as in [ShadowSetup]. The policy itself, which switches parts of a table at run time, is
/// not modelled: programs here touch their pages and change no mapping later. Pages have 4 KiB.
final class AgileSetup extends OnDemand {
    private static final int SWITCH_LEVEL = 2;
    private static final TableFormat FORMAT = TableFormat.X86;

    private final FrameLayout guestFrames;
    private final GuestMemory guestMemory;
    private final PageTable guestTable;
    private final HostTableFrames shadowFrames;
    private final long shadowRoot;
    private final Mmu mmu;
    private long shadowTables = 1;
    private long exits;

    AgileSetup(SetupContext context) {
        super(context);
        this.guestFrames = context.guestData();
        this.guestMemory = new GuestMemory(PageSize.SIZE_4K, context, memory);
        this.guestTable = new PageTable(memory, guestMemory, FORMAT, context.guestLevels());
        this.shadowFrames = new HostTableFrames(context.shadowTables());
        this.shadowRoot = shadowFrames.allocate();
        long root = guestMemory.secondLevelTable().root();
        this.mmu =
                context.newMmu(
                        memory,
                        shadowRoot | SwitchedSecondLevel.HOST,
                        new SwitchedSecondLevel(NestedSetup.secondLevel(root, context)),
                        root,
                        this);
    }

    @Override
    protected void map(long gva, boolean write) {
        if (guestTable.lookup(gva) != -1) {
            return;
        }
        long flags = faultFlags(write || guestFrames.isWritten());
        guestMemory.back(LargestFitting.map(guestTable, gva, guestFrames, PageSize.SIZE_4K, flags));
        shadow(gva);
    }

    /// Copies the upper entries of `gva` that the guest has written and the shadow lacks.
    private void shadow(long gva) {
        long table = shadowRoot;
        for (int level = guestTable.levels(); level >= SWITCH_LEVEL; level--) {
            long slot = table + 8L * LinearAddress.index(gva, level);
            if (memory.read(slot) == 0) {
                memory.write(slot, entry(below(gva, level)));
                exits++;
            }
            table = PagingEntry.table(memory.read(slot)) & ~SwitchedSecondLevel.HOST;
        }
    }

    /// The host-physical address of the table that the shadow's new entry at `level` points to.
    private long below(long gva, int level) {
        if (level == SWITCH_LEVEL) {
            long guestLeafTable = PagingEntry.table(guestTable.entryAt(gva, SWITCH_LEVEL));
            return guestMemory.hostPhysical(guestLeafTable);
        }
        shadowTables++;
        return shadowFrames.allocate();
    }

    private static long entry(long hpa) {
        return FORMAT.table(hpa | SwitchedSecondLevel.HOST) | FORMAT.accessed();
    }

    @Override
    public Mmu mmu() {
        return mmu;
    }

    @Override
    public long pageTableBytes() {
        long tables = guestTable.tables() + shadowTables + guestMemory.secondLevelTable().tables();
        return tables * PageSize.SIZE_4K.bytes();
    }

    @Override
    public long exits() {
        return exits;
    }
}
