package org.nestwalk.hypervisor;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.VirtualMachine;

/// Backs memory with contiguous host memory that is out of step with the guest's: host-physical and
/// guest-physical addresses differ by a multiple of 4 KiB that is none of 2 MiB, as when a virtual
/// machine's memory begins anywhere in its process's address space. No large page can map it,
/// however contiguous it is.
public final class Misaligned implements BackingPolicy {
    private static final PageSize LARGE = PageSize.SIZE_2M;
    private static final PageSize SMALL = PageSize.SIZE_4K;

    /// Such memory.
    public Misaligned() {}

    @Override
    public boolean back(VirtualMachine vm, long gpa) {
        long first = gpa & ~LARGE.offsetMask();
        for (long page = first; page < first + LARGE.bytes(); page += SMALL.bytes()) {
            if (vm.secondLevel().pageSize(page) == null
                    && !vm.secondLevel().isKept(page)
                    && !vm.secondLevel().populate(page, SMALL)) {
                return vm.secondLevel().pageSize(gpa) != null;
            }
        }
        return true;
    }
}
