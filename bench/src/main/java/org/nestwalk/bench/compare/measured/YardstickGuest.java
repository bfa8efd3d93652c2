package org.nestwalk.bench.compare.measured;

import java.util.HashSet;
import java.util.Set;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.paging.ExtendedPageTables;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// A guest whose tables lie at the addresses at which the yardstick has them, so that caches of the
/// same shape must serve the same references; a setup's own are denser. All pages are mapped
/// beforehand.
///
/// Frames of guest data are scattered over 2 GiB of guest-physical memory, which leaves the EPT
/// half empty; all tables take host frames one after the other as they are needed.
final class YardstickGuest {
    // Far from the data, and a multiple of the size of every cache.
    private static final long TABLES = 1L << 46;
    private static final long FIRST_GUEST_TABLE = 0x100;
    private static final long FIRST_GUEST_PAGE = 1 << 20;
    private static final long GUEST_WINDOW = (1 << 19) - 1;
    private static final long SCATTER = 0x9e3779b1L;
    private static final long FIRST_HOST_PAGE = 1 << 22;
    private static final int SHIFT = PageSize.SIZE_4K.shift();

    private final FlatMemory memory = new FlatMemory(TABLES);
    private final PageTable ept;
    private final PageTable guestTable;
    private long hostTables;
    private long guestTables = FIRST_GUEST_TABLE;

    private YardstickGuest() {
        ept =
                new PageTable(
                        memory,
                        new TableFrames() {
                            @Override
                            public long allocate() {
                                return hostTable();
                            }

                            @Override
                            public long hostPhysical(long hpa) {
                                return hpa;
                            }
                        },
                        TableFormat.EPT,
                        4);
        guestTable =
                new PageTable(
                        memory,
                        new TableFrames() {
                            @Override
                            public long allocate() {
                                return guestTable();
                            }

                            @Override
                            public long hostPhysical(long gpa) {
                                return ept.lookup(gpa);
                            }
                        },
                        TableFormat.X86,
                        4);
    }

    /// A processor of `machine` in a guest with all pages of `accesses`.
    static Mmu processor(ProcessorModel machine, long[] accesses) {
        YardstickGuest guest = new YardstickGuest();
        guest.map(accesses);
        return guest.processor(machine);
    }

    private void map(long[] accesses) {
        Set<Long> pages = new HashSet<>();
        for (long access : accesses) {
            long page = Access.address(access) >>> SHIFT;
            if (pages.add(page)) {
                long index = pages.size() - 1L;
                long gpa = FIRST_GUEST_PAGE + (index * SCATTER & GUEST_WINDOW) << SHIFT;
                guestTable.map(page << SHIFT, gpa, PageSize.SIZE_4K);
                ept.map(gpa, FIRST_HOST_PAGE + index << SHIFT, PageSize.SIZE_4K);
            }
        }
    }

    private Mmu processor(ProcessorModel machine) {
        GuestRegisters registers = GuestRegisters.paging(guestTable.root(), 0);
        ExtendedPageTables second =
                new ExtendedPageTables(
                        ExtendedPageTables.pointer(ept.root(), 4, false),
                        false,
                        PagingFeatures.ALL,
                        null,
                        null);
        Mmu mmu =
                new Mmu(
                        machine,
                        memory,
                        registers,
                        PagingFeatures.ALL,
                        second,
                        (gva, type) -> {},
                        null,
                        1);
        mmu.enter(1, 0, TranslationContexts.ep4taOf(ept.root() & PagingEntry.ADDRESS));
        return mmu;
    }

    private long hostTable() {
        return TABLES + (hostTables++ << SHIFT);
    }

    private long guestTable() {
        long gpa = guestTables++ << SHIFT;
        ept.map(gpa, hostTable(), PageSize.SIZE_4K);
        return gpa;
    }
}
