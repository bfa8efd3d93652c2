package org.nestwalk.hypervisor;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualMachine;

/// Makes large pages of small ones in the background, as Linux's khugepaged does for the memory of
/// a virtual machine's process: wakes up, scans a few pages from where it stopped, collapses what
/// can be, and sleeps. It knows nothing of the guest's own pages. Every page scanned is charged, as
/// the guest's khugepaged's are.
public final class HostKhugepaged implements BackgroundWork {
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long SMALL = PageSize.SIZE_4K.bytes();
    private static final int PAGES = (int) (LARGE / SMALL);

    // Linux's default of max_ptes_shared (Documentation/admin-guide/mm/transhuge.rst): to collapse
    // shared pages is to copy them.
    private static final int MOST_SHARED = PAGES / 2;

    private final VirtualMachine vm;
    private final HostMemory host;
    private final CollapseSettings settings;
    private long cursor;
    private long wakesAt;
    private long collapsed;

    /// For the memory of `vm`; asleep until `scanSleepNanos` have passed.
    public HostKhugepaged(VirtualMachine vm, HostMemory host, CollapseSettings settings) {
        this.vm = vm;
        this.host = host;
        this.settings = settings;
        this.wakesAt = settings.scanSleepNanos();
    }

    @Override
    public void tick(long nanos) {
        while (nanos >= wakesAt) {
            wakesAt += scan() ? settings.scanSleepNanos() : settings.allocSleepNanos();
        }
    }

    @Override
    public long nextNanos() {
        return wakesAt;
    }

    /// Large pages made so far.
    public long collapsed() {
        return collapsed;
    }

    /// Returns false if no large page could be had.
    private boolean scan() {
        return vm.exclusively(() -> scanRegions());
    }

    private boolean scanRegions() {
        long regions = vm.settings().memoryBytes() / LARGE;
        long most = Math.min(regions, settings.pagesToScan() / PAGES);
        for (long i = 0; i < most; i++) {
            long gpa = cursor % regions * LARGE;
            cursor++;
            vm.scanned(PAGES, 0);
            if (isCandidate(gpa)) {
                if (!hasBlock()) {
                    return false;
                }
                collapsed += vm.secondLevel().collapse(gpa, -1) >= 0 ? 1 : 0;
            }
        }
        return true;
    }

    private boolean hasBlock() {
        return host.freeBlocks(PageSize.SIZE_2M) > 0
                || (settings.compactionMoves() > 0
                        && host.compact(PageSize.SIZE_2M, settings.compactionMoves()) >= 0);
    }

    private boolean isCandidate(long gpa) {
        SecondLevelMap map = vm.secondLevel();
        int missing = 0;
        int shared = 0;
        boolean mayShare = host.sharedBytes() > 0;
        for (long page = gpa; page < gpa + LARGE; page += SMALL) {
            PageSize size = map.pageSize(page);
            if (size == null) {
                missing++;
            } else if (size != PageSize.SIZE_4K) {
                return false;
            } else if (mayShare && map.owners(page) > 1) {
                shared++;
            }
        }
        return missing < PAGES && missing <= settings.maxPtesNone() && shared <= MOST_SHARED;
    }
}
