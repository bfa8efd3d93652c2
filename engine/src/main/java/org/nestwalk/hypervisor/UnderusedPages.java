package org.nestwalk.hypervisor;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.VirtualMachine;

/// Demotion: while the host is short of memory, splits large pages most of whose small pages hold
/// only zeroes, and gives those back. A page that reads as zero is read as zero when it is backed
/// again, so that the guest sees no difference but the time.
///
/// Source: Linux 6.12, "mm: split underused THPs" (Documentation/admin-guide/mm/transhuge.rst,
/// `shrink_underused`), which likewise counts zero-filled pages against `max_ptes_none`.
public final class UnderusedPages {
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long SMALL = PageSize.SIZE_4K.bytes();

    private final VirtualMachine vm;
    private final HostMemory host;
    private final long lowBytes;
    private final int mostZeroPages;

    /// For the memory of `vm`.
    ///
    /// @param lowBytes acts while the host has less free memory
    /// @param mostZeroPages splits a large page with more zero pages, 0 to 511
    public UnderusedPages(VirtualMachine vm, HostMemory host, long lowBytes, int mostZeroPages) {
        this.vm = vm;
        this.host = host;
        this.lowBytes = lowBytes;
        this.mostZeroPages = mostZeroPages;
    }

    /// Gives memory back until enough is free or nothing more is to be had.
    ///
    /// @return how many large pages were split
    public int relieve() {
        int[] split = new int[1];
        vm.exclusively(() -> {
            for (long gpa = 0;
                    gpa < vm.settings().memoryBytes() && host.freeBytes() < lowBytes;
                    gpa += LARGE) {
                split[0] += demote(gpa) ? 1 : 0;
            }
        });
        return split[0];
    }

    private boolean demote(long gpa) {
        if (vm.secondLevel().pageSize(gpa) != PageSize.SIZE_2M) {
            return false;
        }
        int zero = 0;
        for (long page = gpa; page < gpa + LARGE; page += SMALL) {
            zero += isZero(page) ? 1 : 0;
        }
        if (zero <= mostZeroPages) {
            return false;
        }
        for (long page = gpa; page < gpa + LARGE; page += SMALL) {
            if (isZero(page)) {
                vm.secondLevel().unmap(page, SMALL);
            }
        }
        return true;
    }

    private boolean isZero(long page) {
        for (long gpa = page; gpa < page + SMALL; gpa += Long.BYTES) {
            if (vm.memory().read(gpa) != 0) {
                return false;
            }
        }
        return true;
    }
}
