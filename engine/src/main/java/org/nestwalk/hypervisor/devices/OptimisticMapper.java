package org.nestwalk.hypervisor.devices;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.devices.DriverAccount.Work;

/// Leaves pages mapped for a while after they were taken back, in the hope that they are mapped
/// again: drivers use their buffers over and over.
///
/// A page is mapped once, for as many buffers as it holds; when the last is taken back it is idle,
/// and goes when it was that for 10 ms, or when more than 4,096 are.
final class OptimisticMapper implements DmaMapper {
    private static final long PAGE = 4096;
    private static final long IDLE_NANOS = 10_000_000;
    private static final int MOST_IDLE = 4_096;

    private final DeviceDomain domain;
    private final DeviceAddresses addresses = new DeviceAddresses();

    // By the host's page, and whether it is written; and by the device's.
    private final Map<Long, Kept> byPage = new HashMap<>();
    private final Map<Long, Kept> byAddress = new HashMap<>();
    private final LinkedHashMap<Long, Kept> idle = new LinkedHashMap<>();
    private long now;
    private long idlePages;
    private Exposure exposure = Exposure.NOTHING;

    private static final class Kept {
        private final long key;
        private final long address;
        private final long pages;
        private int buffers;
        private long idleSince;

        Kept(long key, long address, long pages) {
            this.key = key;
            this.address = address;
            this.pages = pages;
        }
    }

    OptimisticMapper(DeviceDomain domain) {
        this.domain = domain;
    }

    @Override
    public long map(long hpa, int bytes, boolean written) {
        DriverCosts costs = domain.driver().costs();
        long first = hpa & -PAGE;
        long pages = (hpa + bytes - 1 & -PAGE) - first + PAGE >> 12;
        long key = first | (written ? 1 : 0) | pages << 52;
        domain.driver().account().spend(Work.ADDRESSES, costs.find() + costs.call());
        Kept kept = byPage.get(key);
        if (kept == null) {
            kept = new Kept(key, addresses.take(pages), pages);
            domain.driver().account().spend(Work.ADDRESSES, costs.allocate());
            for (long page = 0; page < pages; page++) {
                domain.map(
                        kept.address + page * PAGE, first + page * PAGE, PageSize.SIZE_4K, written);
            }
            byPage.put(key, kept);
            byAddress.put(kept.address, kept);
        } else if (kept.buffers == 0) {
            idle.remove(kept.address);
            endIdle(kept);
        }
        kept.buffers++;
        return kept.address | hpa & PAGE - 1;
    }

    @Override
    public void unmap(long address) {
        DriverCosts costs = domain.driver().costs();
        domain.driver().account().spend(Work.ADDRESSES, costs.call() + costs.defer());
        Kept kept = Objects.requireNonNull(byAddress.get(address & -PAGE), "not mapped");
        kept.buffers--;
        if (kept.buffers == 0) {
            kept.idleSince = now;
            idle.put(kept.address, kept);
            idlePages += kept.pages;
            if (idle.size() > MOST_IDLE) {
                tearDown(idle.values().iterator());
            }
            exposure = exposure.atOnce(idlePages);
        }
    }

    @Override
    public void time(long nanos) {
        now = nanos;
        Iterator<Kept> oldest = idle.values().iterator();
        while (!idle.isEmpty() && now - idle.firstEntry().getValue().idleSince >= IDLE_NANOS) {
            tearDown(oldest);
            oldest = idle.values().iterator();
        }
    }

    private void tearDown(Iterator<Kept> oldest) {
        Kept kept = oldest.next();
        oldest.remove();
        endIdle(kept);
        byPage.remove(kept.key);
        byAddress.remove(kept.address);
        domain.unmap(
                kept.address, kept.pages * PAGE, () -> addresses.give(kept.address, kept.pages));
    }

    private void endIdle(Kept kept) {
        idlePages -= kept.pages;
        exposure = exposure.plus(kept.pages, now - kept.idleSince);
    }

    @Override
    public Exposure exposure() {
        Exposure all = exposure;
        for (Kept kept : idle.values()) {
            all = all.plus(kept.pages, now - kept.idleSince);
        }
        return all;
    }

    @Override
    public void close() {
        byAddress.values().forEach(kept -> domain.unmap(kept.address, kept.pages * PAGE, () -> {}));
        byAddress.clear();
        byPage.clear();
        idle.clear();
        idlePages = 0;
    }
}
