package org.nestwalk.hypervisor.devices;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.devices.DriverAccount.Work;

/// Maps the pages of each buffer, and unmaps them: at once, or later with others.
final class PageMapper implements DmaMapper {
    /// Unmaps that wait for each other at most (Linux, `IOVA_DEFAULT_FQ_SIZE`).
    static final int MOST_DEFERRED = 256;

    /// How long at most (Linux, `IOVA_DEFAULT_FQ_TIMEOUT`).
    static final long LONGEST_NANOS = 10_000_000;

    private static final long PAGE = 4096;

    private final DeviceDomain domain;
    private final Release release;
    private final DeviceAddresses addresses = new DeviceAddresses();
    private final Map<Long, Long> mapped = new HashMap<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long now;
    private long waitingPages;
    private Exposure exposure = Exposure.NOTHING;

    /// When an unmap is done.
    enum Release {
        /// Before it returns.
        STRICT,
        /// With up to 255 others, or after 10 ms.
        DEFERRED
    }

    private record Waiting(long pages, long since) {}

    PageMapper(DeviceDomain domain, Release release) {
        this.domain = domain;
        this.release = release;
    }

    private DriverAccount account() {
        return domain.driver().account();
    }

    private DriverCosts costs() {
        return domain.driver().costs();
    }

    @Override
    public long map(long hpa, int bytes, boolean written) {
        long first = hpa & -PAGE;
        long pages = (hpa + bytes - 1 & -PAGE) - first + PAGE >> 12;
        long address = addresses.take(pages);
        account().spend(Work.ADDRESSES, costs().allocate() + costs().call());
        for (long page = 0; page < pages; page++) {
            domain.map(address + page * PAGE, first + page * PAGE, PageSize.SIZE_4K, written);
        }
        mapped.put(address, pages);
        return address | hpa & PAGE - 1;
    }

    @Override
    public void unmap(long address) {
        long first = address & -PAGE;
        long pages = Objects.requireNonNull(mapped.remove(first), "not mapped");
        account().spend(Work.ADDRESSES, costs().find() + costs().release() + costs().call());
        if (release == Release.STRICT) {
            domain.unmap(first, pages * PAGE, () -> addresses.give(first, pages));
            return;
        }
        account().spend(Work.ADDRESSES, costs().defer());
        domain.unmapLater(first, pages * PAGE, () -> addresses.give(first, pages));
        waiting.add(new Waiting(pages, now));
        waitingPages += pages;
        exposure = exposure.atOnce(waitingPages);
        if (waiting.size() == MOST_DEFERRED) {
            flush();
        }
    }

    @Override
    public void time(long nanos) {
        now = nanos;
        Waiting oldest = waiting.peek();
        if (oldest != null && now - oldest.since >= LONGEST_NANOS) {
            // The timer has fired when it was due.
            now = Math.min(now, oldest.since + LONGEST_NANOS);
            flush();
            now = nanos;
        }
    }

    private void flush() {
        domain.flush();
        exposure = exposure();
        waiting.clear();
        waitingPages = 0;
    }

    @Override
    public Exposure exposure() {
        Exposure all = exposure;
        for (Waiting unmap : waiting) {
            all = all.plus(unmap.pages, now - unmap.since);
        }
        return all;
    }

    @Override
    public void close() {
        flush();
        mapped.forEach((address, pages) -> domain.unmap(address, pages * PAGE, () -> {}));
        mapped.clear();
    }
}
