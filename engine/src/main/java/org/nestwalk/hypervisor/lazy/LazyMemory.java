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
/// memory with zeroes, which cannot back what has not been loaded ([ExitPart#keeps]): so pages that
/// this loads by 4 KiB are large when khugepaged has made them so.
public final class LazyMemory implements ExitPart, BackgroundWork, ArrivingMemory {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int TOGETHER = 64;

    private final VirtualMachine vm;
    private final PageStore store;
    private final @Nullable StorageCosts costs;
    private final PageSize backing;

    // Pages that are loaded, or whose contents in the store count no more.
    private final PageSet settled = new PageSet();
    private final PageSet faulted = new PageSet();
    private final PageSet prefetched = new PageSet();
    private final PageSet beside = new PageSet();
    private final long[][] words = new long[TOGETHER][GuestMemory.PAGE_WORDS];
    private Visitor visitor = (gpa, page) -> {};
    private long bytes;
    private long faultNanos;
    private long prefetchNanos;
    private long cursor;
    private long loadingFrom;
    private long loadingEnd;
    private long busyUntil;

    /// Loads nothing yet.
    ///
    /// @param costs of reading where time is simulated; null where it is measured
    public LazyMemory(VirtualMachine vm, PageStore store, @Nullable StorageCosts costs) {
        this(vm, store, costs, PageSize.SIZE_4K);
    }

    /// Loads nothing yet.
    ///
    /// @param backing what is loaded at once: a page of 4 KiB, or the 2 MiB that become one page
    public LazyMemory(
            VirtualMachine vm, PageStore store, @Nullable StorageCosts costs, PageSize backing) {
        this.vm = vm;
        this.store = store;
        this.costs = costs;
        this.backing = backing;
    }

    @Override
    public Verdict handle(VirtualCpu cpu, VmExit exit) {
        if (!(exit instanceof VmExit.Violation violation) || violation.mapped()) {
            return Verdict.NOT_MINE;
        }
        long page = violation.gpa() & -backing.bytes();
        if (!isUnitMissing(page)) {
            return Verdict.NOT_MINE;
        }
        long start = System.nanoTime();
        long read = loadNeeded(page, faulted);
        faultNanos += costs == null ? System.nanoTime() - start : costs.nanos(read);
        return Verdict.RESUME;
    }

    private long loadNeeded(long page, PageSet into) {
        try {
            return loadUnit(page, into);
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
            long _ = loadNeeded(gpa & -backing.bytes(), beside);
        }
    }

    @Override
    public boolean keeps(long gpa, long length) {
        for (long page = gpa; page < gpa + length; page += PAGE) {
            if (isMissing(page) && (page < loadingFrom || page >= loadingEnd)) {
                return true;
            }
        }
        return false;
    }

    /// Backs what is about to be loaded, which is not kept elsewhere then.
    private boolean back(long gpa, long length) {
        loadingFrom = gpa;
        loadingEnd = gpa + length;
        try {
            return length == backing.bytes()
                    ? vm.secondLevel().populate(gpa, backing)
                    : vm.secondLevel().populateAll(gpa, length);
        } finally {
            loadingEnd = loadingFrom;
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
                long _ = loadUnit(page & -backing.bytes(), beside);
            }
        });
    }

    @Override
    public boolean isMissing(long page) {
        return store.has(page) && !settled.contains(page);
    }

    /// Whether anything is missing of what is loaded at once from `gpa`.
    private boolean isUnitMissing(long gpa) {
        for (long page = gpa; page < gpa + backing.bytes(); page += PAGE) {
            if (isMissing(page)) {
                return true;
            }
        }
        return false;
    }

    /// Loads what is missing of what is loaded at once from `gpa`, and adds its pages to `into`.
    /// Returns bytes read from storage.
    private long loadUnit(long gpa, PageSet into) {
        if (backing == PageSize.SIZE_4K) {
            return load(store, gpa, 1, into);
        }
        long read = 0;
        boolean backed = false;
        for (long page = gpa; page < gpa + backing.bytes(); page += PAGE) {
            if (isMissing(page)) {
                read += store.read(page, words[0]);
                visitor.page(page, words[0]);
                backed = backed || back(gpa, backing.bytes());
                requireRoom(backed);
                arrived(page, words[0], into);
            }
        }
        bytes += read;
        return read;
    }

    private void requireRoom(boolean backed) {
        if (!backed) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY,
                    "the host has no memory left to load %s".formatted(vm.settings().name()));
        }
    }

    private void arrived(long page, long[] contents, PageSet into) {
        settled.add(page, PAGE);
        vm.memory().writePage(page, contents);
        into.add(page, PAGE);
    }

    /// Loads `count` pages from `first` on, at most 64, and adds them to `into`. Returns bytes read
    /// from storage.
    private long load(PageStore from, long first, int count, PageSet into) {
        long read = 0;
        for (int i = 0; i < count; i++) {
            read += from.read(first + i * PAGE, words[i]);
            visitor.page(first + i * PAGE, words[i]);
        }
        requireRoom(back(first, count * PAGE));
        settled.add(first, count * PAGE);
        for (int i = 0; i < count; i++) {
            arrived(first + i * PAGE, words[i], into);
        }
        bytes += read;
        return read;
    }

    /// Loads all pages of `set` that are missing, before anything runs; only where pages are loaded
    /// one by one, since the set has not all of 2 MiB.
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
                        long _ = load(set, page, count, prefetched);
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
        for (; cursor < end; cursor += backing.bytes()) {
            if (isUnitMissing(cursor) && vm.secondLevel().pageSize(cursor) == null) {
                long read;
                try {
                    read = loadUnit(cursor, beside);
                } catch (InputException | GuestFailure e) {
                    cursor = end;
                    return false;
                }
                if (read > 0) {
                    busyUntil += costs == null ? 1 : costs.nanos(read);
                    cursor += backing.bytes();
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
                faulted.size(), prefetched.size(), beside.size(), bytes, faultNanos, prefetchNanos);
    }
}
