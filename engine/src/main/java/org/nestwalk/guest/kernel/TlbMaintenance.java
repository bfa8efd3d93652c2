package org.nestwalk.guest.kernel;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.VirtualCpu;

/// Which address space each CPU has loaded, and the invalidation of cached translations when a page
/// table changes.
///
/// A CPU that has the address space loaded invalidates at once: by INVLPG, or as a whole where a
/// range has many pages; for other CPUs than the one that changes the table, an interrupt has to
/// make them. A CPU that does not have it loaded, but may still hold translations of its PCID, is
/// left alone: the space's generation has grown, which tells the CPU to drop them when it loads the
/// space again. So it is in Linux (`arch/x86/mm/tlb.c`, `tlb_gen`), with the difference that there
/// a CPU has six PCIDs that it gives to processes in turn, and here a process has one everywhere.
final class TlbMaintenance {
    /// More pages than these are invalidated by dropping all of the PCID (Linux,
    /// `tlb_single_page_flush_ceiling`).
    private static final int CEILING = 33;

    private final boolean pcids;
    private final long kernelRoot;
    private final @Nullable AddressSpace[] loaded;

    /// For `cpus` CPUs that have loaded nothing.
    ///
    /// @param pcids whether translations stay cached while another process runs
    /// @param kernelRoot the empty root table of CPUs without a process
    TlbMaintenance(int cpus, boolean pcids, long kernelRoot) {
        this.pcids = pcids;
        this.kernelRoot = kernelRoot;
        loaded = new AddressSpace[cpus];
    }

    /// The address space that the CPU has loaded, or null.
    @Nullable AddressSpace loaded(int cpu) {
        return loaded[cpu];
    }

    /// The CPU, which has nothing cached, has the address space of `process`, or none, loaded.
    ///
    /// @throws InputException if its CR3 says otherwise
    void restore(VirtualCpu cpu, @Nullable GuestProcess process) {
        long cr3 = cpu.kernel().cr3();
        AddressSpace space = process == null ? null : process.space();
        boolean fits =
                space == null ? cr3 == 0 || cr3 == kernelRoot : cr3 == cr3(cpu.index(), space);
        if (!fits) {
            throw new InputException(
                    "CR3 of virtual CPU %d is 0x%x, which is not what its kernel has loaded: %s"
                            .formatted(
                                    cpu.index(),
                                    cr3,
                                    process == null ? "nothing" : "process " + process.id()));
        }
        loaded[cpu.index()] = space;
        if (space != null) {
            space.seen[cpu.index()] = space.generation;
        }
    }

    private long cr3(int cpu, AddressSpace space) {
        return space.root(cpu) | (pcids ? space.pcid : 0);
    }

    @SuppressWarnings("ReferenceEquality") // an address space is itself alone
    private boolean isLoaded(int cpu, AddressSpace space) {
        return loaded[cpu] == space;
    }

    /// Loads an address space, unless it is.
    void load(KernelCpu cpu, AddressSpace space) {
        int index = cpu.cpu().index();
        if (isLoaded(index, space)) {
            return;
        }
        boolean keep = pcids && space.seen[index] == space.generation;
        cpu.loadCr3(cr3(index, space), keep);
        space.seen[index] = space.generation;
        loaded[index] = space;
    }

    /// Makes every CPU that has the address space loaded load none: it is about to go.
    void unload(KernelCpu cpu, AddressSpace space) {
        onAll(cpu, space, other -> other.loadCr3(kernelRoot, pcids));
        for (int i = 0; i < loaded.length; i++) {
            if (isLoaded(i, space)) {
                loaded[i] = null;
            }
        }
    }

    /// Invalidates what may be cached of the pages of a range.
    ///
    /// @param size the pages that were mapped there; 4 KiB if there may have been several sizes
    void flush(KernelCpu cpu, AddressSpace space, long start, long end, PageSize size) {
        if (end - start >> size.shift() > CEILING) {
            flushAll(cpu, space);
            return;
        }
        onAll(
                cpu,
                space,
                other -> {
                    for (long page = start; page < end; page += size.bytes()) {
                        other.invlpg(page);
                    }
                });
    }

    /// Invalidates all that may be cached of an address space.
    void flushAll(KernelCpu cpu, AddressSpace space) {
        onAll(cpu, space, other -> other.loadCr3(other.cr3(), false));
    }

    private void onAll(KernelCpu cpu, AddressSpace space, KernelCpu.KernelWork work) {
        space.generation++;
        space.counts.flushes++;
        int self = cpu.cpu().index();
        for (int i = 0; i < loaded.length; i++) {
            if (isLoaded(i, space)) {
                space.seen[i] = space.generation;
                if (i == self) {
                    work.run(cpu);
                } else {
                    cpu.interrupt(i, work);
                }
            }
        }
    }
}
