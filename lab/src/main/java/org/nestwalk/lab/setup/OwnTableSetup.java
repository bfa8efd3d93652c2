package org.nestwalk.lab.setup;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.lab.setup.EntryTable.Reader;
import org.nestwalk.lab.setup.EntryTable.Space;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.paging.Walker;

/// Translation of 4-KiB pages by tables that are no radix trees ([EntryTable]): the only one, or a
/// guest's and a host's.
///
/// For the walker it is a second level under a processor whose paging is off, so that one
/// translation of a linear address is all there is; its references are told apart as those of the
/// guest's (or only) table and of the host's. TLBs, data caches and, for guest-physical addresses,
/// the nested TLB are the machine's.
final class OwnTableSetup extends OnDemand {
    private static final long PAGE_MASK = (1L << 45) - 1;
    private static final int PAGE_SHIFT = 12;
    private static final long PAGE = 1L << PAGE_SHIFT;

    private final FrameLayout frames;
    private final FrameLayout hostData;
    private final FrameLayout guestTableBacking;
    private final EntryTable table;
    private final @Nullable EntryTable host;
    private final boolean tableInGuest;
    private final Mmu mmu;

    // Where the next table begins, of guest-physical and host-physical addresses.
    private long nextGuest = SetupContext.guestTableBase();
    private long nextHost = SetupContext.FLAT_TABLE;

    /// What a guest has.
    enum Kind {
        /// There is none: one table.
        NONE,
        /// Its table is in its own memory, and found through the host's.
        OWN_MEMORY,
        /// Its table is in host-physical memory in a row, where the processor finds it without the
        /// host's.
        HOST_MEMORY
    }

    OwnTableSetup(
            SetupContext context, Kind kind, BiFunction<Space, PhysicalMemory, EntryTable> tables) {
        super(context);
        boolean virtual = kind != Kind.NONE;
        this.tableInGuest = kind == Kind.OWN_MEMORY;
        this.frames = virtual ? context.guestData() : context.hostData();
        this.hostData = context.hostData();
        this.guestTableBacking = context.guestTableBacking();
        this.host = virtual ? tables.apply(new HostSpace(), memory) : null;
        this.table = tables.apply(tableInGuest ? new GuestSpace() : new HostSpace(), memory);
        this.mmu = context.withoutPaging().newMmu(memory, 0, new Whole(), 0, this);
    }

    @Override
    protected void map(long gva, boolean write) {
        long page = page(gva);
        if (table.find(page) == EntryTable.NONE) {
            long frame = frames.allocate(gva, PageSize.SIZE_4K);
            long flags = faultFlags(write || frames.isWritten());
            table.add(page, EntryTable.entry(frame, flags));
            if (host != null) {
                long _ = back(host, frame, hostData);
            }
        }
    }

    private static long back(EntryTable host, long gpa, FrameLayout layout) {
        long page = page(gpa);
        if (host.find(page) == EntryTable.NONE) {
            long frame = layout.allocate(gpa, PageSize.SIZE_4K);
            host.add(page, EntryTable.entry(frame, faultFlags(true)));
        }
        return host.find(page);
    }

    private static long page(long address) {
        return address >>> PAGE_SHIFT & PAGE_MASK;
    }

    @Override
    public Mmu mmu() {
        return mmu;
    }

    @Override
    public long pageTableBytes() {
        return table.bytes() + (host == null ? 0 : host.bytes());
    }

    /// Tables in a row in host-physical memory.
    private final class HostSpace implements Space {
        @Override
        public long take(long bytes) {
            long base = nextHost;
            nextHost += bytes;
            return base;
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }
    }

    /// Tables in a row in guest-physical memory, which the host backs page by page.
    private final class GuestSpace implements Space {
        private long lastPage = EntryTable.NONE;
        private long lastFrame;

        @Override
        public long take(long bytes) {
            long base = nextGuest;
            nextGuest += Math.max(bytes, PAGE);
            return base;
        }

        @Override
        public long hostPhysical(long address) {
            long page = address & -PAGE;
            if (page != lastPage && host != null) {
                lastFrame = EntryTable.frame(memory.read(back(host, page, guestTableBacking)));
                lastPage = page;
            }
            return lastFrame | address & PAGE - 1;
        }
    }

    /// The whole translation, as the walker asks for it.
    private final class Whole extends SecondLevel {
        private static final long GRANTS =
                SecondLevelTranslation.ALL | SecondLevelTranslation.DIRTY;

        private @Nullable Walker walker;
        private final Reader guestReader = new TableReader(WalkVisitor.GUEST, tableInGuest);
        private final Reader hostReader = new TableReader(WalkVisitor.SECOND, false);

        @Override
        protected long translate(long linear, int use, Walker asking) {
            walker = asking;
            long slot = table.walk(page(linear), guestReader);
            if (slot == EntryTable.NONE) {
                return asking.fail(Outcome.EPT_VIOLATION, linear, 0);
            }
            long entry = memory.read(slot);
            long dirty = TableFormat.X86.dirty();
            if ((use & AccessType.WRITE) != 0 && (entry & dirty) == 0) {
                entry |= dirty;
                asking.setEntryFlags(WalkVisitor.GUEST, 1, slot, entry);
            }
            long hpa = frame(EntryTable.frame(entry), asking);
            long rights = (entry & dirty) != 0 ? GRANTS : SecondLevelTranslation.ALL;
            return SecondLevelTranslation.pack(hpa, rights, 1, MemoryType.WB);
        }

        /// The host's frame of the page at `gpa`, by its table if there is one.
        private long frame(long gpa, Walker asking) {
            if (host == null) {
                return gpa;
            }
            long known = asking.nested(gpa, GRANTS);
            if (known != 0) {
                return SecondLevelTranslation.address(known, gpa) & -PAGE;
            }
            long slot = host.walk(page(gpa), hostReader);
            long frame = EntryTable.frame(memory.read(slot));
            asking.caches()
                    .nestedFound(gpa, SecondLevelTranslation.pack(frame, GRANTS, 1, MemoryType.WB));
            return frame;
        }

        /// Reads entries as the processor does.
        private final class TableReader implements Reader {
            private final int dimension;
            private final boolean inGuest;

            TableReader(int dimension, boolean inGuest) {
                this.dimension = dimension;
                this.inGuest = inGuest;
            }

            private Walker asking() {
                if (walker == null) {
                    throw new IllegalStateException("nobody walks");
                }
                return walker;
            }

            @Override
            public long locate(long address) {
                return inGuest ? frame(address & -PAGE, asking()) | address & PAGE - 1 : address;
            }

            @Override
            public long read(long hpa) {
                return asking().readEntry(dimension, 1, hpa);
            }

            @Override
            public void together(boolean begins) {
                asking().together(begins);
            }
        }
    }
}
