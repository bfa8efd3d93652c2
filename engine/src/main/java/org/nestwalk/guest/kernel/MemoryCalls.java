package org.nestwalk.guest.kernel;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.KernelCpu;

/// System calls that change what a process may use: `mmap`, `munmap` and `mprotect`.
final class MemoryCalls {
    private final TlbMaintenance tlbs;

    MemoryCalls(TlbMaintenance tlbs) {
        this.tlbs = tlbs;
    }

    void map(AddressSpace space, Vma area) {
        space.vmas.add(area);
    }

    /// 2-MiB pages that reach beyond the range are split first, as in Linux.
    void unmap(KernelCpu cpu, AddressSpace space, Vma range) {
        splitEnds(space, range);
        space.vmas.remove(range.start(), range.end());
        space.forEachPage(
                range.start(), range.end(), (gva, level, entry) -> space.unmap(gva, level));
        tlbs.flush(cpu, space, range.start(), range.end(), PageSize.SIZE_4K);
    }

    /// As [#unmap].
    void protect(KernelCpu cpu, AddressSpace space, Vma range) {
        splitEnds(space, range);
        space.vmas.protect(range);
        space.protect(range);
        tlbs.flush(cpu, space, range.start(), range.end(), PageSize.SIZE_4K);
    }

    private static void splitEnds(AddressSpace space, Vma range) {
        space.splitAround(range.start());
        space.splitAround(range.end());
    }
}
