package org.nestwalk.hypervisor.lazy;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;

/// Loads the memory of a virtual machine from a [PageStore] as it is touched: the violation of a
/// page that is not backed backs it and fills it. Pages that were needed last time can be loaded
/// before anything runs, in one read (REAP: Ustiugov et al., ASPLOS 2021), and others beside the
/// guest.
///
/// Needs [org.nestwalk.machine.Capability#VIOLATION_EXITS]. To be attached before whatever backs
/// memory with zeroes; that must use 4-KiB pages, since a larger one would hide what has not been
/// loaded.
public final class LazyMemory implements ExitPart, BackgroundWork, ArrivingMemory {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int TOGETHER = 64;

    private final VirtualMachine vm;
    private final PageStore store;
    private final @Nullable StorageCosts costs;

    // Pages that are loaded, or whose contents in the store count no more.
    private final PageSet settled = new PageSet();
    private final PageSet faulted = new PageSet();
    private final long[][] words = new long[TOGETHER][GuestMemory.PAGE_WORDS];
    private Visitor visitor = (gpa, page) -> {};
    private long prefetchPages;
    private long backgroundPages;
    private long bytes;
    private long faultNanos;
    private long prefetchNanos;
    private long cursor;
    private long busyUntil;

    /// Loads nothing yet.
    ///
    /// @param costs of reading where time is simulated; null where it is measured
    public LazyMemory(VirtualMachine vm, PageStore store, @Nullable StorageCosts costs) {
        this.vm = vm;
        this.store = store;
        this.costs = costs;
    }

    @Override
    public Verdict handle(VirtualCpu cpu, VmExit exit) {
        if (!(exit instanceof VmExit.Violation violation) || violation.mapped()) {
            return Verdict.NOT_MINE;
        }
        long page = violation.gpa() & -PAGE;
        if (!isMissing(page)) {
            return Verdict.NOT_MINE;
        }
        long start = System.nanoTime();
        long read = loadNeeded(page);
        faulted.add(page, PAGE);
        faultNanos += costs == null ? System.nanoTime() - start : costs.nanos(read);
        return Verdict.RESUME;
    }

    private long loadNeeded(long page) {
        try {
            return load(store, page, 1);
        } catch (InputException e) {
            throw new GuestFailure(
                    VmExit.Cause.MEMORY_UNREADABLE,
                    "%s cannot go on, since memory that it needs cannot be loaded: %s"
                            .formatted(vm.settings().name(), e.getMessage()));
        }
    }

    @Override
    public void bringBack(long gpa) {
        if (isMissing(gpa) && vm.secondLevel().pageSize(gpa) == null) {
            long _ = loadNeeded(gpa);
            backgroundPages++;
        }
    }

    @Override
    public void discard(long gpa, long length) {
        settled.add(gpa, length);
    }

    @Override
    public void beforeArrival(Visitor other) {
        visitor = other;
    }

    @Override
    public void bringBack() {
        PageSet pages = new PageSet();
        store.pages(pages);
        pages.forEach(page -> {
            if (isMissing(page) && vm.secondLevel().pageSize(page) == null) {
                long _ = load(store, page, 1);
                backgroundPages++;
            }
        });
    }

    @Override
    public boolean isMissing(long page) {
        return store.has(page) && !settled.contains(page);
    }

    /// Loads `count` pages from `first` on, at most 64. Returns bytes read from storage.
    private long load(PageStore from, long first, int count) {
        long read = 0;
        for (int i = 0; i < count; i++) {
            read += from.read(first + i * PAGE, words[i]);
            visitor.page(first + i * PAGE, words[i]);
        }
        boolean backed =
                count == 1
                        ? vm.secondLevel().populate(first, PageSize.SIZE_4K)
                        : vm.secondLevel().populateAll(first, count * PAGE);
        if (!backed) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY,
                    "the host has no memory left to load %s".formatted(vm.settings().name()));
        }
        settled.add(first, count * PAGE);
        for (int i = 0; i < count; i++) {
            vm.memory().writePage(first + i * PAGE, words[i]);
        }
        bytes += read;
        return read;
    }

    /// Loads all pages of `set` that are missing, before anything runs.
    ///
    /// @throws InputException if they cannot be read
    /// @throws GuestFailure if the host has no memory left
    public void prefetch(PageStore set) {
        vm.exclusively(() -> {
            long start = System.nanoTime();
            PageSet pages = new PageSet();
            set.pages(pages);
            long before = bytes;
            pages.forEachRange((gpa, length) -> {
                for (long page = gpa; page < gpa + length; ) {
                    int count = missing(page, gpa + length);
                    if (count > 0) {
                        long _ = load(set, page, count);
                        prefetchPages += count;
                    }
                    page += Math.max(count, 1) * PAGE;
                }
            });
            prefetchNanos +=
                    costs == null ? System.nanoTime() - start : costs.nanos(bytes - before);
        });
    }

    /// How many pages from `page` on, below `end`, are missing one after the other, as far as that
    /// many are loaded together.
    private int missing(long page, long end) {
        int count = 0;
        while (count < TOGETHER && page + count * PAGE < end && isMissing(page + count * PAGE)) {
            count++;
        }
        return count;
    }

    /// Loads what comes next while the guest runs. Where time is simulated, as much as storage
    /// delivers; where it is measured, one block at a time. What cannot be read is left to who
    /// needs it.
    @Override
    public void tick(long nanos) {
        vm.exclusively(() -> {
            boolean more = true;
            busyUntil = Math.max(busyUntil, costs == null ? nanos : 0);
            while (more && busyUntil <= nanos) {
                more = loadNext();
            }
        });
    }

    /// Loads pages up to the first that needs another read, which is made. Returns whether there
    /// are more.
    private boolean loadNext() {
        long end = vm.settings().memoryBytes();
        for (; cursor < end; cursor += PAGE) {
            if (isMissing(cursor) && vm.secondLevel().pageSize(cursor) == null) {
                long read;
                try {
                    read = load(store, cursor, 1);
                } catch (InputException | GuestFailure e) {
                    cursor = end;
                    return false;
                }
                backgroundPages++;
                if (read > 0) {
                    busyUntil += costs == null ? 1 : costs.nanos(read);
                    cursor += PAGE;
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public long nextNanos() {
        return cursor < vm.settings().memoryBytes() ? busyUntil : Long.MAX_VALUE;
    }

    /// Adds the pages that accesses waited for to `into`.
    public void faulted(PageSet into) {
        into.addAll(faulted);
    }

    /// What has been loaded so far.
    public LazyCounts counts() {
        return new LazyCounts(
                faulted.size(), prefetchPages, backgroundPages, bytes, faultNanos, prefetchNanos);
    }
}
