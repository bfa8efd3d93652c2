package org.nestwalk.hypervisor;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.VirtualMachine;

/// Backs each page when it is first touched, with pages of at most one size: a 2-MiB page where
/// host memory has a free block and nothing of the range is backed yet, otherwise a 4-KiB page, as
/// Linux backs anonymous memory with transparent huge pages `always` or `never`.
///
/// @param largest 4 KiB or 2 MiB
public record FirstTouch(PageSize largest) implements BackingPolicy {
    @Override
    public boolean back(VirtualMachine vm, long gpa) {
        return (largest != PageSize.SIZE_4K && vm.secondLevel().populate(gpa, largest))
                || vm.secondLevel().populate(gpa, PageSize.SIZE_4K);
    }
}
