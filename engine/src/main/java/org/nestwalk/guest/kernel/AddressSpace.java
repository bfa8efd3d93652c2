package org.nestwalk.guest.kernel;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.Cost;
import org.nestwalk.memory.Longs;
import org.nestwalk.paging.LargePages;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.PageTableScan;
import org.nestwalk.paging.ReplicatedTables;
import org.nestwalk.paging.TableFormat;

/// What a process sees: its areas, and the page table that maps those of their pages that have been
/// touched.
///
/// The table changes here without any CPU hearing of it: [TlbMaintenance] is the caller's work.
final class AddressSpace {
    // Linux's pte_mkyoung, pte_mkdirty and maybe_mkwrite in wp_page_copy and wp_page_reuse.
    private static final long WRITTEN =
            PagingEntry.WRITE | PagingEntry.ACCESSED | PagingEntry.DIRTY;

    final Vmas vmas;
    final PagingCounts counts = new PagingCounts();

    /// The tag of cached translations, 1 to 4095.
    final int pcid;

    /// Grows with each invalidation; see [TlbMaintenance].
    long generation;

    /// By CPU: the generation that its cached translations are of, or -1 if it may have some of an
    /// earlier owner of the PCID.
    final long[] seen;

    private final GuestFrames frames;
    private final PageTable table;
    private final @Nullable ReplicatedTables copies;
    private final GuestNodes nodes;
    private final long[] pages = new long[4];

    AddressSpace(
            int pcid,
            int cpus,
            int levels,
            Vmas vmas,
            KernelMemory memory,
            GuestFrames frames,
            GuestNodes nodes) {
        this.pcid = pcid;
        this.vmas = vmas;
        this.frames = frames;
        seen = new long[cpus];
        Arrays.fill(seen, -1);
        this.nodes = nodes;
        if (nodes.copiesTables()) {
            copies =
                    new ReplicatedTables(
                            memory,
                            TableFormat.X86,
                            frames::on,
                            0,
                            written ->
                                    memory.cpu()
                                            .spend(
                                                    Cost.TABLE_COPIES,
                                                    written * nodes.entryCycles()));
            table = new PageTable(copies, copies, TableFormat.X86, levels);
            copyToAllNodes(copies);
        } else {
            copies = null;
            table = new PageTable(memory, frames, TableFormat.X86, levels);
        }
    }

    /// One whose page table, without copies, is in memory already, or arrives there.
    ///
    /// @throws InputException if what `saved` says cannot be so
    AddressSpace(
            KernelState.SpaceState saved,
            int cpus,
            int levels,
            KernelMemory memory,
            GuestFrames frames,
            GuestNodes nodes) {
        if (saved.mapped().size() != pages.length) {
            throw new InputException(
                    "what an address space maps is %d numbers, not %d"
                            .formatted(pages.length, saved.mapped().size()));
        }
        this.pcid = saved.pcid();
        this.vmas = Vmas.of(saved.areas());
        this.frames = frames;
        this.nodes = nodes;
        table =
                PageTable.existing(
                        memory,
                        frames,
                        TableFormat.X86,
                        levels,
                        saved.root(),
                        saved.mapped().get(0));
        for (int level = 1; level < pages.length; level++) {
            pages[level] = saved.mapped().get(level);
        }
        copies = null;
        seen = new long[cpus];
        Arrays.fill(seen, -1);
        counts.restore(saved.counts());
    }

    /// As data: all but the tables themselves, which are memory.
    KernelState.SpaceState save() {
        return new KernelState.SpaceState(
                pcid,
                table.root(),
                Longs.of(table.tables(), pages[1], pages[2], pages[3]),
                List.copyOf(vmas.all()),
                counts.save());
    }

    private void copyToAllNodes(ReplicatedTables copies) {
        boolean done = false;
        try {
            for (int node = 1; node < nodes.count(); node++) {
                copies.replicate(table, node);
            }
            done = true;
        } finally {
            if (!done) {
                table.release();
            }
        }
    }

    /// The guest-physical address of the root table that `cpu` walks.
    long root(int cpu) {
        return copies == null ? table.root() : copies.copyOf(table.root(), nodes.ofCpu(cpu));
    }

    /// Pages mapped, of a size.
    long pages(PageSize size) {
        return pages[size.level()];
    }

    /// 4-KiB tables.
    long tables() {
        return table.tables();
    }

    /// The level of the leaf entry that maps `gva`, 1 or 2; 0 if none does.
    int leafLevel(long gva) {
        return table.leafLevel(gva);
    }

    /// The leaf entry that maps `gva`.
    long entry(long gva) {
        return table.entry(gva);
    }

    /// The guest-physical address to which `gva`, which is mapped, is mapped.
    long translate(long gva) {
        return table.lookup(gva);
    }

    /// Whether nothing in the aligned range of `size` around `gva` is mapped or has tables.
    boolean isFree(long gva, PageSize size) {
        return table.isFree(gva, size);
    }

    /// Maps the page around `gva` to `gpa`, with all the rights of `vma`, as used: Linux maps what
    /// is accessed with the accessed flag (`vm_page_prot` has it), and with the dirty flag what is
    /// written (`pte_mkdirty`).
    void map(long gva, long gpa, PageSize size, Vma vma, boolean write) {
        long page = gva & -size.bytes();
        table.map(page, gpa, size, PagingEntry.ACCESSED | (write ? PagingEntry.DIRTY : 0));
        pages[size.level()]++;
        setBits(page, vma.forbidden(), vma.required());
    }

    /// Maps the page at `gva` to `gpa` without the right to write, which a first write will ask
    /// for; as dirty as the other's `entry`, and not accessed yet (Linux's `pte_mkold` at a fork).
    void mapShared(long gva, long gpa, PageSize size, long entry) {
        table.map(gva, gpa, size, entry & PagingEntry.DIRTY);
        pages[size.level()]++;
        table.protect(gva, PagingEntry.WRITE, entry & PagingEntry.NO_EXECUTE);
    }

    /// Gives the pages of a range, none of which reaches beyond it, the rights of `vma`; that to
    /// write, if it is new, at the next write.
    void protect(Vma vma) {
        forEachPage(
                vma.start(),
                vma.end(),
                (gva, level, entry) ->
                        setBits(gva, vma.forbidden(), vma.required() & ~PagingEntry.WRITE));
    }

    /// Unmaps the page around `gva`, and forgets its memory.
    void unmap(long gva, int level) {
        long entry = table.unmap(gva);
        pages[level]--;
        frames.drop(PagingEntry.page(entry, level), PageSize.ofLevel(level));
    }

    /// Clears and then sets bits of the leaf entry that maps `gva`.
    void setBits(long gva, long clear, long set) {
        long entry = table.entry(gva);
        if ((entry & ~clear | set) != entry) {
            table.protect(gva, clear, set);
        }
    }

    /// Maps the 4-KiB page of `gva` to another frame, writable, for a write.
    void replace(long gva, long gpa) {
        long entry = table.entry(gva);
        table.setEntry(gva, 1, entry & ~PagingEntry.ADDRESS | gpa | WRITTEN);
    }

    /// Gives the page of `gva` the right to write, for a write.
    void allowWrite(long gva) {
        setBits(gva, 0, WRITTEN);
    }

    /// Maps the memory of the 2-MiB page of `gva` by 4-KiB pages.
    void split(long gva) {
        frames.split(PagingEntry.page(table.entry(gva), 2));
        LargePages.split(table, gva);
        pages[2]--;
        pages[1] += 512;
        counts.splits++;
    }

    /// Splits the 2-MiB page, if there is one, that begins before `gva` and ends after it.
    void splitAround(long gva) {
        if ((gva & PageSize.SIZE_2M.offsetMask()) != 0 && table.leafLevel(gva) == 2) {
            split(gva);
        }
    }

    /// Receives pages.
    @FunctionalInterface
    interface PageVisitor {
        /// A mapped page, which may be unmapped or changed now.
        void page(long gva, int level, long entry);
    }

    /// Shows the pages that begin in a range, the highest first: so that a table that loses them
    /// one by one is found not to be empty at a glance.
    void forEachPage(long start, long end, PageVisitor visitor) {
        long at = end - PageSize.SIZE_4K.bytes();
        while (at >= start) {
            int level = table.leafLevel(at);
            if (level != 0) {
                long page = at & -PageSize.ofLevel(level).bytes();
                if (page >= start) {
                    visitor.page(page, level, table.entry(page));
                }
                at = page;
            } else {
                at &= -emptyAround(at).bytes();
            }
            at -= PageSize.SIZE_4K.bytes();
        }
    }

    /// The lowest address of an aligned 2-MiB range at or after `from` in which something is
    /// mapped; `end`, or more, if there is none before.
    long nextMappedRange(long from, long end) {
        long at = from;
        while (at < end) {
            PageSize empty = emptyAround(at);
            if (empty == PageSize.SIZE_4K) {
                return at;
            }
            at = (at & -empty.bytes()) + empty.bytes();
        }
        return at;
    }

    /// The largest aligned range around `gva` that is empty: 4 KiB if there is a 4-KiB or 2-MiB
    /// page, or a table of such.
    private PageSize emptyAround(long gva) {
        if (table.isFree(gva, PageSize.SIZE_1G)) {
            return PageSize.SIZE_1G;
        }
        return table.isFree(gva, PageSize.SIZE_2M) ? PageSize.SIZE_2M : PageSize.SIZE_4K;
    }

    /// Shows all pages, the lowest first; they may be changed, but not unmapped.
    void forEachPage(PageVisitor visitor) {
        PageTableScan.forEachLeaf(table, visitor::page);
    }

    /// Unmaps everything and gives back all memory, tables too.
    void release() {
        forEachPage((gva, level, entry) -> {
            pages[level]--;
            frames.drop(PagingEntry.page(entry, level), PageSize.ofLevel(level));
        });
        table.release();
    }
}
