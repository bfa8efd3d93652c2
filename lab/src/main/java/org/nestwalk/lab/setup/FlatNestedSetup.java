package org.nestwalk.lab.setup;

import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.memory.NumberSet;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;
import org.nestwalk.paging.Walker;

/// A flat second-level table: one array of entries indexed by guest-physical page number, so that a
/// second-level walk is one reference and a cold walk of four guest levels has nine (Ahn, Jin and
/// Huh, Revisiting hardware-assisted page walks for virtualized systems, ISCA 2012).
///
/// Entries have EPT's format, without accessed and dirty flags; both dimensions use 4-KiB pages
/// below the guest's own size.
final class FlatNestedSetup extends OnDemand {
    private static final long EMPTY = -1;

    private final PageSize guestSize;
    private final FrameLayout guestFrames;
    private final FlatTable flat;
    private final PageTable guestTable;
    private final Mmu mmu;

    FlatNestedSetup(PageSize guestSize, SetupContext context) {
        super(context);
        this.guestSize = guestSize;
        this.guestFrames = context.guestData();
        this.flat = new FlatTable(context, memory);
        this.guestTable = new PageTable(memory, flat, TableFormat.X86, context.guestLevels());
        this.mmu = context.newMmu(memory, guestTable.root(), flat, flat.base, this);
    }

    @Override
    protected void map(long gva, boolean write) {
        long gpa = guestTable.lookup(gva);
        if (gpa == EMPTY) {
            gpa =
                    LargestFitting.map(
                            guestTable,
                            gva,
                            guestFrames,
                            guestSize,
                            faultFlags(write || guestFrames.isWritten()));
        }
        flat.back(gpa);
    }

    @Override
    public Mmu mmu() {
        return mmu;
    }

    @Override
    public long pageTableBytes() {
        return (guestTable.tables() + flat.pages) * PageSize.SIZE_4K.bytes();
    }

    /// The table, and the guest memory that it maps.
    private static final class FlatTable extends SecondLevel implements TableFrames {
        private static final long GRANTS =
                SecondLevelTranslation.ALL | SecondLevelTranslation.DIRTY;

        private final FlatMemory memory;
        private final long base;
        private final FrameLayout guestTables;
        private final FrameLayout hostData;
        private final FrameLayout guestTableBacking;
        private final NumberSet pagesUsed = new NumberSet();
        private long pages;

        FlatTable(SetupContext context, FlatMemory memory) {
            this.memory = memory;
            base = SetupContext.FLAT_TABLE;
            guestTables = context.guestTables();
            hostData = context.hostData();
            guestTableBacking = context.guestTableBacking();
        }

        void back(long gpa) {
            long slot = slot(gpa);
            if (memory.read(slot) != 0) {
                return;
            }
            FrameLayout frames = SetupContext.isGuestTable(gpa) ? guestTableBacking : hostData;
            long frame = frames.allocate(gpa, PageSize.SIZE_4K);
            memory.write(slot, TableFormat.EPT.leaf(frame, 1));
            pages += pagesUsed.add(slot >> 12) ? 1 : 0;
        }

        private long slot(long gpa) {
            return base + 8 * (gpa >>> 12);
        }

        @Override
        public long allocate() {
            long gpa = guestTables.allocate(PageSize.SIZE_4K);
            back(gpa);
            return gpa;
        }

        @Override
        public long hostPhysical(long gpa) {
            return EptEntry.page(memory.read(slot(gpa)), 1);
        }

        @Override
        protected long translate(long gpa, int use, Walker walker) {
            long known = walker.nested(gpa, GRANTS);
            if (known != 0) {
                return known;
            }
            long entry = walker.readSecond(1, slot(gpa));
            if ((entry & EptEntry.READ) == 0) {
                return walker.fail(Outcome.EPT_VIOLATION, gpa, 0);
            }
            long translation =
                    SecondLevelTranslation.pack(EptEntry.page(entry, 1), GRANTS, 1, MemoryType.WB);
            walker.caches().nestedFound(gpa, translation);
            return translation;
        }
    }
}
