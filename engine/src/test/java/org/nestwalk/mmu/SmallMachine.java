package org.nestwalk.mmu;

import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.bits.LinearAddress;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.memory.SparseMemory;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.paging.ExtendedPageTables;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.NestedPageTables;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// A processor with tiny TLBs and paging-structure caches and a few hundred mapped pages, so that
/// walks are frequent, and operations that change the tables under it.
public final class SmallMachine {
    /// The second level.
    public enum Format {
        NATIVE,
        EPT,
        EPT_AD,
        NPT
    }

    /// What a walk has around it.
    public enum Surroundings {
        /// Guest paging-structure caches before a flat memory.
        GUEST_CACHES,

        /// Guest paging-structure caches before a flat memory whose frames are not equally far.
        UNEVEN_MEMORY,

        /// Guest paging-structure caches before a data cache.
        DATA_CACHE,

        /// Guest paging-structure caches and those of the second level before a flat memory.
        SECOND_CACHES,

        /// Guest paging-structure caches and a nested TLB before a flat memory.
        NESTED_TLB,

        /// Also second-level caches, a nested TLB and data caches.
        ALL_CACHES,

        /// Nothing but TLBs before a flat memory.
        NOTHING
    }

    /// How many ways [#change] knows.
    public static final int CHANGES = 13;

    /// The number of 4-KiB pages that accesses go to; the last quarter are parts of 2-MiB pages.
    public static final int PAGES = 256;

    private static final long GIB = 1L << 30;

    public final Mmu mmu;

    private final UnaryOperator<ProcessorModel> change;
    private final Format format;
    private final Surroundings surroundings;
    private final PhysicalMemory memory;
    private final PageTable host;
    private final PageTable guest;
    private long nextHost = GIB;
    private long nextGuest = GIB;

    /// @param repeats whether walks and paths may be known from before; if not, memory pretends to
    ///   be changing all the time
    public SmallMachine(Format format, Surroundings surroundings, boolean repeats, long seed) {
        this(format, surroundings, repeats, seed, UnaryOperator.identity());
    }

    /// With a `change` of the usual model.
    public SmallMachine(
            Format format,
            Surroundings surroundings,
            boolean repeats,
            long seed,
            UnaryOperator<ProcessorModel> change) {
        this.change = change;
        this.format = format;
        this.surroundings = surroundings;
        this.memory = repeats ? new SparseMemory() : new ChangingMemory(new SparseMemory());
        TableFormat entries = isIntel() ? TableFormat.EPT : TableFormat.X86;
        this.host = new PageTable(memory, new HostFrames(), entries, 4);
        this.guest = new PageTable(memory, new GuestFrames(), TableFormat.X86, 4);
        for (int page = 0; page < PAGES; page++) {
            map(page);
        }
        this.mmu = newMmu(seed);
    }

    /// Pages lie in groups of 8, 66 MiB apart.
    public static long gva(long page) {
        return 0x7f00_0000_0000L + (page >>> 3) * (66L << 20) + (page & 7) * 4096;
    }

    /// The translation of an access, or a negative word for its fault's outcome.
    public long access(int kind, long gva) {
        try {
            long access = Access.pack(kind, gva);
            return mmu.translate(access, mmu.tagOf(access), mmu.sideOf(access));
        } catch (TranslationFault fault) {
            return Long.MIN_VALUE | fault.outcome().name().hashCode();
        }
    }

    /// Changes something, 0 to 12, about the page of `gva`, not always telling the processor.
    public void change(int what, long gva, long draw) {
        switch (what) {
            case 0 -> rewriteLeaf(gva, entry -> entry ^ PagingEntry.WRITE);
            case 1 -> rewriteLeaf(gva, entry -> entry & ~PagingEntry.ACCESSED & ~PagingEntry.DIRTY);
            case 2 -> rewriteLeaf(gva, entry -> entry ^ PagingEntry.PRESENT);
            case 3 -> rewriteLeaf(gva, entry -> entry ^ PagingEntry.NO_EXECUTE);
            case 4 -> rewriteLeaf(gva, entry -> newPage(entry));
            case 5 -> rewrite(gva, 2, entry -> movedTable(gva, entry, draw));
            case 6 -> mmu.invalidate(Invalidations.invlpg(1, 0, gva));
            case 7 -> rewriteSecond(gva, 1, entry -> entry ^ PagingEntry.WRITE);
            case 8 -> rewriteSecond(gva, 1, entry -> entry ^ 1);
            case 9 -> rewriteSecond(gva, 1, entry -> entry & ~0x360);
            case 10 -> rewriteSecond(gva, 2, entry -> entry ^ PagingEntry.WRITE);
            case 11 -> rewriteSecond(gva, 2, this::copiedTable);
            default -> forgetTranslations();
        }
        if ((draw & 3) == 0) {
            forgetTranslations();
        }
    }

    /// Empties TLBs and caches.
    public void forgetTranslations() {
        mmu.invalidate(Invalidations.invvpidSingleContext(1));
    }

    /// Changes the guest's leaf entry for `gva`.
    public void rewriteLeaf(long gva, LongUnaryOperator change) {
        rewrite(gva, 1, change);
    }

    /// Changes the second-level entry for the data of `gva`, if it is mapped: the one at level
    /// `lowest`, or its leaf if that is higher.
    public void rewriteSecond(long gva, int lowest, LongUnaryOperator change) {
        long gpa = guest.lookup(gva);
        if (format != Format.NATIVE && gpa != -1) {
            rewrite(host, gpa, lowest, change);
        }
    }

    /// The second-level entry of a copy of the table that `entry` points to, which is emptied.
    private long copiedTable(long entry) {
        if ((entry & PagingEntry.LARGE) != 0) {
            return entry;
        }
        long copy = new HostFrames().allocate();
        long old = PagingEntry.table(entry);
        for (int i = 0; i < 512; i++) {
            memory.write(copy + 8L * i, memory.read(old + 8L * i));
            memory.write(old + 8L * i, 0);
        }
        return entry & ~PagingEntry.ADDRESS | copy;
    }

    /// A copy of the table that `entry` points to, after which the old one changes: a processor
    /// that still has it in a paging-structure cache goes on using it.
    private long movedTable(long gva, long entry, long draw) {
        if ((entry & PagingEntry.LARGE) != 0) {
            return entry;
        }
        long old = hostPhysical(PagingEntry.table(entry));
        long gpa = newTable();
        long copy = hostPhysical(gpa);
        for (int i = 0; i < 512; i++) {
            memory.write(copy + 8L * i, memory.read(old + 8L * i));
        }
        long slot = old + 8L * LinearAddress.index(gva, 1);
        memory.write(slot, (draw & 4) == 0 ? 0 : newPage(memory.read(slot)));
        return entry & ~PagingEntry.ADDRESS | gpa;
    }

    private long newTable() {
        return format == Format.NATIVE ? new HostFrames().allocate() : backed(PageSize.SIZE_4K);
    }

    private void rewrite(long gva, int lowest, LongUnaryOperator change) {
        rewrite(guest, gva, lowest, change);
    }

    private void rewrite(PageTable tables, long address, int lowest, LongUnaryOperator change) {
        long table = tables.root();
        for (int level = 4; ; level--) {
            long frame = tables == guest ? hostPhysical(table) : table;
            long slot = frame + 8L * LinearAddress.index(address, level);
            long entry = memory.read(slot);
            if (level == lowest || PagingEntry.isLeaf(entry, level)) {
                memory.write(slot, change.applyAsLong(entry));
                return;
            }
            table = PagingEntry.table(entry);
        }
    }

    private long newPage(long entry) {
        boolean large = (entry & PagingEntry.LARGE) != 0;
        long page = backed(large ? PageSize.SIZE_2M : PageSize.SIZE_4K);
        return entry & ~PagingEntry.ADDRESS | page;
    }

    private void map(int page) {
        boolean large = page >= 3 * PAGES / 4;
        if (!large) {
            guest.map(gva(page), backed(PageSize.SIZE_4K), PageSize.SIZE_4K);
        } else if ((page & 7) == 0) {
            guest.map(gva(page), backed(PageSize.SIZE_2M), PageSize.SIZE_2M);
        }
    }

    /// A new guest-physical page, backed by a host page of its size.
    private long backed(PageSize size) {
        nextGuest = (nextGuest + size.offsetMask() & ~size.offsetMask()) + size.bytes();
        long gpa = nextGuest - size.bytes();
        if (format != Format.NATIVE) {
            nextHost = (nextHost + size.offsetMask() & ~size.offsetMask()) + size.bytes();
            host.map(gpa, nextHost - size.bytes(), size);
        }
        return gpa;
    }

    private long hostPhysical(long gpa) {
        return format == Format.NATIVE ? gpa : host.lookup(gpa);
    }

    private boolean isIntel() {
        return format == Format.EPT || format == Format.EPT_AD;
    }

    private Mmu newMmu(long seed) {
        PagingFeatures features =
                format == Format.NPT ? PagingFeatures.ALL_AMD : PagingFeatures.ALL;
        SecondLevel second =
                switch (format) {
                    case NATIVE -> SecondLevel.NONE;
                    case NPT ->
                            new NestedPageTables(
                                    host.root(), 0, ControlRegisters.EFER_NXE, features);
                    default ->
                            new ExtendedPageTables(
                                    ExtendedPageTables.pointer(
                                            host.root(), 4, format == Format.EPT_AD),
                                    false,
                                    features,
                                    null,
                                    null);
                };
        GuestRegisters registers =
                new GuestRegisters(
                        ControlRegisters.CR0_PE | ControlRegisters.CR0_WP | ControlRegisters.CR0_PG,
                        guest.root(),
                        0,
                        ControlRegisters.EFER_NXE,
                        0,
                        0,
                        GuestRegisters.PAT_AFTER_RESET);
        Mmu made =
                new Mmu(
                        change.apply(SmallModels.model(surroundings)),
                        memory,
                        registers,
                        features,
                        second,
                        (gva, type) -> {},
                        delay(),
                        seed);
        made.enter(1, 0, format == Format.NATIVE ? TranslationContexts.NO_EPT : host.root() >>> 12);
        return made;
    }

    private @Nullable MemoryDelay delay() {
        return surroundings == Surroundings.UNEVEN_MEMORY
                ? (kind, hpa) -> (int) (hpa >>> 12 & 15) << kind
                : null;
    }

    private final class HostFrames implements TableFrames {
        @Override
        public long allocate() {
            nextHost += 4096;
            return nextHost - 4096;
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }
    }

    private final class GuestFrames implements TableFrames {
        @Override
        public long allocate() {
            return newTable();
        }

        @Override
        public long hostPhysical(long gpa) {
            return SmallMachine.this.hostPhysical(gpa);
        }
    }

    /// Memory that says at every question that it was changed.
    private static final class ChangingMemory implements PhysicalMemory {
        private final PhysicalMemory memory;
        private long rewrites;

        ChangingMemory(PhysicalMemory memory) {
            this.memory = memory;
        }

        @Override
        public long read(long address) {
            return memory.read(address);
        }

        @Override
        public void write(long address, long value) {
            memory.write(address, value);
        }

        @Override
        public void setFlags(long address, long value, boolean firstUse) {
            memory.setFlags(address, value, firstUse);
        }

        @Override
        public long rewrites() {
            return rewrites++;
        }

        @Override
        public long changes() {
            return rewrites++;
        }
    }
}
