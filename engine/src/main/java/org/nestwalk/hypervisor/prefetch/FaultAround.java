package org.nestwalk.hypervisor.prefetch;

import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualMachine;

/// Backs the naturally aligned window of pages around one that is touched, as Linux's fault-around
/// maps pages of files (`mm/memory.c`, `do_fault_around`: 16 pages unless told otherwise).
///
/// @param pages of 4 KiB in a window: a power of two, 1 to 512
public record FaultAround(int pages) implements BackingPolicy {
    /// Checks the bound above.
    ///
    /// @throws IllegalArgumentException if it is violated
    public FaultAround {
        if (pages < 1 || pages > 512 || Integer.bitCount(pages) != 1) {
            throw new IllegalArgumentException("a window of " + pages + " pages");
        }
    }

    @Override
    public boolean back(VirtualMachine vm, long gpa) {
        SecondLevelMap map = vm.secondLevel();
        if (!map.populate(gpa, PageSize.SIZE_4K)) {
            return false;
        }
        long bytes = pages * PageSize.SIZE_4K.bytes();
        long first = gpa & -bytes;
        long end = Math.min(first + bytes, vm.settings().memoryBytes());
        // Without memory for all of them the one that is waited for is there.
        boolean _ = map.populateAll(first, end - first);
        return true;
    }
}
