package org.nestwalk.guest.kernel;

import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.KernelCpu;

/// Makes 2-MiB pages of 4-KiB pages in the background, process by process and range by range, a
/// bounded number at each wake-up.
///
/// Source: Linux, `mm/khugepaged.c`. As there, a range is made large if it lies within one area, at
/// least one of its pages has been used, and not too many are missing or shared. Ranges where
/// nothing is mapped are passed over without counting as scanned.
final class Khugepaged {
    private static final int PAGES = 512;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private final KernelSettings settings;
    private final GuestFrames frames;
    private final TlbMaintenance tlbs;
    private final PageFaults faults;
    private long wakeUp;
    private int nextProcess;
    private long nextAddress;

    Khugepaged(
            KernelSettings settings, GuestFrames frames, TlbMaintenance tlbs, PageFaults faults) {
        this.settings = settings;
        this.frames = frames;
        this.tlbs = tlbs;
        this.faults = faults;
    }

    /// Where it is.
    KernelState.ScanPosition save() {
        return new KernelState.ScanPosition(wakeUp, nextProcess, nextAddress);
    }

    /// Goes on where another was.
    void restore(KernelState.ScanPosition position) {
        wakeUp = position.wakeUp();
        nextProcess = position.process();
        nextAddress = position.address();
    }

    /// Works if it is time to, once, however late it is.
    ///
    /// @param now simulated nanoseconds
    /// @param processes by ascending number
    void tick(KernelCpu cpu, long now, List<GuestProcess> processes) {
        ScanSettings scanning = settings.scanning();
        if (scanning.on() && now >= wakeUp) {
            boolean starved = !scan(cpu, processes);
            wakeUp =
                    now
                            + (starved
                                    ? scanning.allocSleepNanoseconds()
                                    : scanning.sleepNanoseconds());
        }
    }

    /// Scans as many pages as set, but none twice. Returns false if it ended because there was no
    /// free block.
    private boolean scan(KernelCpu cpu, List<GuestProcess> processes) {
        int left = settings.scanning().pagesToScan();
        int first = firstFrom(processes, nextProcess);
        for (int i = 0; i < processes.size(); i++) {
            GuestProcess process = processes.get((first + i) % processes.size());
            if (process.id() != nextProcess) {
                nextProcess = process.id();
                nextAddress = 0;
            }
            for (long range = nextRange(process.space()); range >= 0; ) {
                if (left < PAGES) {
                    return true;
                }
                left -= PAGES;
                cpu.spend(Cost.GUEST_SCANNING, (long) settings.costs().scanning() * PAGES);
                if (isWorthwhile(process.space(), range) && !collapse(cpu, process, range)) {
                    return false;
                }
                nextAddress = range + LARGE;
                range = nextRange(process.space());
            }
            nextProcess++;
            nextAddress = 0;
        }
        return true;
    }

    private static int firstFrom(List<GuestProcess> processes, int id) {
        for (int i = 0; i < processes.size(); i++) {
            if (processes.get(i).id() >= id) {
                return i;
            }
        }
        return 0;
    }

    /// The next range of the space, from where scanning is, that lies within an area and in which
    /// something is mapped; -1 if there is none.
    private long nextRange(AddressSpace space) {
        for (Vma vma : space.vmas.all()) {
            long from = Math.max(vma.start(), nextAddress) + LARGE - 1 & -LARGE;
            long end = vma.end() & -LARGE;
            long range = from < end ? space.nextMappedRange(from, end) : end;
            if (range < end) {
                return range;
            }
        }
        return -1;
    }

    private boolean isWorthwhile(AddressSpace space, long range) {
        if (space.leafLevel(range) == 2 || faults.mapsFile(space, range, range + LARGE)) {
            return false;
        }
        int present = 0;
        int shared = 0;
        boolean used = false;
        for (long gva = range; gva < range + LARGE; gva += PAGE) {
            long entry = space.entry(gva);
            if (PagingEntry.isPresent(entry)) {
                present++;
                shared += frames.isShared(PagingEntry.page(entry, 1), PageSize.SIZE_4K) ? 1 : 0;
                used |= (entry & PagingEntry.ACCESSED) != 0;
            }
        }
        ScanSettings scanning = settings.scanning();
        return used && PAGES - present <= scanning.maxNone() && shared <= scanning.maxShared();
    }

    /// Makes the pages of a range one. Returns false, with nothing changed, if there is no block.
    private boolean collapse(KernelCpu cpu, GuestProcess process, long range) {
        AddressSpace space = process.space();
        Vma vma = space.vmas.find(range);
        long block = frames.take(PageSize.SIZE_2M);
        if (block < 0 || vma == null) {
            return false;
        }
        faults.hint(cpu, block);
        frames.undoingTake(block, PageSize.SIZE_2M, () -> fill(space, range, block));
        space.forEachPage(range, range + LARGE, (gva, level, entry) -> space.unmap(gva, level));
        space.map(range, block, PageSize.SIZE_2M, vma, true);
        tlbs.flush(cpu, space, range, range + LARGE, PageSize.SIZE_4K);
        space.counts.collapses++;
        return true;
    }

    private void fill(AddressSpace space, long range, long block) {
        for (long offset = 0; offset < LARGE; offset += PAGE) {
            long entry = space.entry(range + offset);
            if (PagingEntry.isPresent(entry)) {
                frames.copyPage(PagingEntry.page(entry, 1), block + offset);
            } else {
                frames.zeroPage(block + offset);
            }
        }
    }
}
