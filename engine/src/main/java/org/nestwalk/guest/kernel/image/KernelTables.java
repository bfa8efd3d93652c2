package org.nestwalk.guest.kernel.image;

import java.util.ArrayDeque;
import java.util.Deque;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.guest.kernel.KernelMemory;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.VmExit;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// The page table of a kernel and of the program that it runs, written by its CPU like all guest
/// memory.
final class KernelTables implements TableFrames {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long USED = PagingEntry.ACCESSED | PagingEntry.DIRTY;

    private final KernelMemory memory = new KernelMemory();
    private final Deque<Long> free = new ArrayDeque<>();
    private final PageTable table;

    /// An empty table, whose pages are taken from `start` on.
    KernelTables(KernelCpu cpu, long start, int pages) {
        memory.enter(cpu);
        for (int i = 0; i < pages; i++) {
            free.add(start + i * PAGE);
        }
        table = new PageTable(memory, this, TableFormat.X86, 4);
    }

    /// `cpu` is the one that changes it from now on.
    void enter(KernelCpu cpu) {
        memory.enter(cpu);
    }

    long root() {
        return table.root();
    }

    /// Maps a page of the kernel's, as Linux does: used, so that no processor has to say so
    /// (`_PAGE_ACCESSED` and `_PAGE_DIRTY` of `PAGE_KERNEL`).
    void map(long gva, long gpa, boolean write, boolean execute) {
        if (table.entryAt(gva, 2) == 0) {
            table.map(gva, gpa, PageSize.SIZE_4K, USED | PagingEntry.NO_EXECUTE);
        }
        table.setEntry(gva, 1, entry(gpa, write, execute));
    }

    /// Maps a page of the program's.
    void mapUser(long gva, long gpa) {
        table.map(gva, gpa, PageSize.SIZE_4K);
    }

    /// The leaf entry of a page of the kernel's.
    static long entry(long gpa, boolean write, boolean execute) {
        return gpa
                | PagingEntry.PRESENT
                | USED
                | (write ? PagingEntry.WRITE : 0)
                | (execute ? 0 : PagingEntry.NO_EXECUTE);
    }

    /// Clears the leaf entry of a page; its table stays.
    void clear(long gva) {
        table.setEntry(gva, 1, 0);
    }

    /// The guest-physical address to which `gva` is mapped, or -1.
    long lookup(long gva) {
        return table.lookup(gva);
    }

    /// The guest-physical address of the leaf entry for `gva`.
    long slot(long gva) {
        return table.slotAt(gva, 1);
    }

    @Override
    public long allocate() {
        Long page = free.poll();
        if (page == null) {
            throw new GuestFailure(
                    VmExit.Cause.GUEST_OUT_OF_MEMORY, "the kernel has no page left for a table");
        }
        memory.cpu().zero(page, PAGE);
        return page;
    }

    @Override
    public long hostPhysical(long address) {
        return address;
    }

    @Override
    public void free(long address) {
        free.add(address);
    }
}
