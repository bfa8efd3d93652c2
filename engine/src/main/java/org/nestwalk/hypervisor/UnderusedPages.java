package org.nestwalk.hypervisor;

import java.util.ArrayList;
import java.util.List;
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
    private static final long WORDS = SMALL / Long.BYTES;

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
        return vm.exclusively(() -> {
            int split = 0;
            for (long gpa = 0;
                    gpa < vm.settings().memoryBytes() && host.freeBytes() < lowBytes;
                    gpa += LARGE) {
                split += demote(gpa) ? 1 : 0;
            }
            return split;
        });
    }

    private boolean demote(long gpa) {
        if (vm.secondLevel().pageSize(gpa) != PageSize.SIZE_2M
                || vm.secondLevel().pins().isPinned(gpa, LARGE)) {
            vm.scanned(1, 0);
            return false;
        }
        List<Long> zero = new ArrayList<>();
        long words = 0;
        for (long page = gpa; page < gpa + LARGE; page += SMALL) {
            long read = wordsToTell(page);
            words += read;
            if (read > WORDS) {
                zero.add(page);
            }
        }
        vm.scanned(LARGE / SMALL, words / WORDS);
        if (zero.size() <= mostZeroPages) {
            return false;
        }
        zero.forEach(page -> vm.secondLevel().unmap(page, SMALL));
        return true;
    }

    /// Words read to tell whether a page holds only zeroes: up to the first that is not one, or one
    /// more than there are if all are.
    private long wordsToTell(long page) {
        long read = 1;
        while (read <= WORDS && vm.memory().read(page + (read - 1) * Long.BYTES) == 0) {
            read++;
        }
        return read;
    }
}
