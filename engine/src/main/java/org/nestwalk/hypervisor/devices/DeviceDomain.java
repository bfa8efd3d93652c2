package org.nestwalk.hypervisor.devices;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.devices.DriverAccount.Work;
import org.nestwalk.iommu.queue.Descriptor;
import org.nestwalk.iommu.table.DomainTables;
import org.nestwalk.iommu.table.PasidEntry;
import org.nestwalk.machine.device.DevicePort;

/// A domain: what the devices in it can reach. A page is mapped when its memory is there, and taken
/// away in the order that [UnmapOrder] says.
public final class DeviceDomain implements AutoCloseable {
    private static final long PAGE = 4096;
    private static final int MOST_ORDER = 9;

    // A range that is everything for a device's TLB.
    private static final int ALL_ORDER = 40;

    private final IommuDriver driver;
    private final UnmapOrder order;
    private final @Nullable DmaChecker checker;
    private final DomainTables tables;
    private final int id;
    private final List<DevicePort> ports = new ArrayList<>();
    private final List<Deferred> deferred = new ArrayList<>();

    private record Deferred(long address, long bytes, Runnable free) {}

    /// A domain of 48 bits with nothing in it.
    ///
    /// @param checker is told of all; null for nobody
    public DeviceDomain(IommuDriver driver, UnmapOrder order, @Nullable DmaChecker checker) {
        this.driver = driver;
        this.order = order;
        this.checker = checker;
        this.id = driver.newDomain();
        this.tables =
                new DomainTables(
                        driver.memory(),
                        driver.frames(),
                        4,
                        driver.unit().settings().snoopControl());
    }

    /// Its second stage.
    public DomainTables tables() {
        return tables;
    }

    /// Its number.
    public int id() {
        return id;
    }

    IommuDriver driver() {
        return driver;
    }

    /// Has a device reach what is mapped. Nothing of it is reached before.
    ///
    /// @param dirtyFlags whether the unit keeps flags; in scalable mode only
    public void attach(DevicePort port, boolean dirtyFlags) {
        ports.add(port);
        if (checker != null) {
            checker.attached(port, id);
        }
        driver.tables().attach(port.source(), id, tables, port.hasTlb(), dirtyFlags);
        driver.writeBack();
        contextChanged(port);
    }

    /// Has what a device addresses go through the first stage at `root`, a guest-physical address,
    /// and then through this domain.
    public void attachNested(DevicePort port, long root) {
        ports.add(port);
        driver.tables()
                .attach(
                        port.source(),
                        0,
                        id,
                        PasidEntry.low(tables.root(), tables.levels(), PasidEntry.NESTED, false),
                        PasidEntry.first(root, 4),
                        port.hasTlb());
        driver.writeBack();
        contextChanged(port);
    }

    /// Has a device reach nothing any more, when this returns.
    public void detach(DevicePort port) {
        driver.tables().detach(port.source());
        driver.writeBack();
        contextChanged(port);
        ports.remove(port);
        if (checker != null) {
            checker.detached(port);
        }
    }

    private void contextChanged(DevicePort port) {
        driver.submit(Descriptor.context(id, port.source()));
        driver.submit(Descriptor.pasid(id, 0));
        driver.submit(Descriptor.translations(id));
        if (port.hasTlb()) {
            driver.submit(Descriptor.device(port.source(), 0, ALL_ORDER));
        }
        driver.await();
    }

    /// Maps a page: the entry is written, written back where the unit does not snoop, and told to
    /// units that cache what is not present; then devices may be told.
    ///
    /// @throws org.nestwalk.InputException as [DomainTables#map]
    public void map(long address, long hpa, PageSize size, boolean writable) {
        tables.map(address, hpa, size, writable);
        if (checker != null) {
            checker.mapped(id, address, hpa, size.bytes());
        }
        driver.account().spend(Work.TABLES, driver.costs().write());
        driver.writeBack();
        if (driver.unit().settings().cachingMode()) {
            submitPages(address, size.bytes());
            driver.await();
        }
        driver.between();
    }

    /// Takes a range away. When this returns no device reaches it any more.
    ///
    /// @param free unpins and frees its memory, when that is so
    /// @throws org.nestwalk.InputException if part of it is not mapped
    public void unmap(long address, long bytes, Runnable free) {
        if (checker != null) {
            checker.unmapping(id, address, bytes);
        }
        for (UnmapStep step : order.steps()) {
            switch (step) {
                case CLEAR -> clear(address, bytes);
                case WRITE_BACK -> driver.writeBack();
                case INVALIDATE -> submitPages(address, bytes);
                case INVALIDATE_DEVICES -> submitDevices(address, bytes);
                case WAIT -> await();
                case FREE -> {
                    if (checker != null) {
                        checker.freed(id, address, bytes);
                    }
                    free.run();
                    tables.releaseTables();
                }
            }
            driver.between();
        }
        if (checker != null) {
            checker.unmapped(id, address, bytes);
        }
    }

    /// Takes a range away, and returns before devices have heard of it: until [#flush] they may
    /// still reach it.
    ///
    /// @param free as of [#unmap]
    public void unmapLater(long address, long bytes, Runnable free) {
        clear(address, bytes);
        driver.writeBack();
        if (checker != null) {
            checker.deferred(id, address, bytes);
        }
        deferred.add(new Deferred(address, bytes, free));
        driver.between();
    }

    /// Has devices hear of all that was deferred, by one invalidation.
    public void flush() {
        if (deferred.isEmpty()) {
            return;
        }
        driver.submit(Descriptor.translations(id));
        for (DevicePort port : ports) {
            if (port.hasTlb()) {
                driver.submit(Descriptor.device(port.source(), 0, ALL_ORDER));
            }
        }
        await();
        for (Deferred range : deferred) {
            if (checker != null) {
                checker.unmapped(id, range.address, range.bytes);
            }
            range.free.run();
        }
        deferred.clear();
        tables.releaseTables();
    }

    /// Pages whose unmap was deferred.
    public int deferredRanges() {
        return deferred.size();
    }

    /// Gives `found` the pages that devices have written since, and forgets them.
    public void collectDirty(DomainTables.PageConsumer found) {
        long looked = tables.dirty(true, found);
        driver.account().spend(Work.TABLES, looked * driver.costs().clear() / 10);
        driver.writeBack();
        driver.submit(Descriptor.translations(id));
        for (DevicePort port : ports) {
            if (port.hasTlb()) {
                driver.submit(Descriptor.device(port.source(), 0, ALL_ORDER));
            }
        }
        await();
    }

    private void clear(long address, long bytes) {
        for (long page = address; page < address + bytes; ) {
            long size = tables.size(page).bytes();
            tables.unmap(page);
            driver.account().spend(Work.TABLES, driver.costs().clear());
            page = (page & -size) + size;
        }
    }

    private void await() {
        driver.await();
        boolean devices = ports.stream().anyMatch(DevicePort::hasTlb);
        driver.account()
                .spend(
                        Work.INVALIDATIONS,
                        driver.costs().invalidation() + (devices ? driver.costs().deviceTlb() : 0));
    }

    private void submitPages(long address, long bytes) {
        forEachRange(
                address,
                bytes,
                (at, pages) -> driver.submit(Descriptor.pages(id, at, pages, false)));
    }

    private void submitDevices(long address, long bytes) {
        for (DevicePort port : ports) {
            if (port.hasTlb()) {
                forEachRange(
                        address,
                        bytes,
                        (at, pages) -> driver.submit(Descriptor.device(port.source(), at, pages)));
            }
        }
    }

    private interface RangeConsumer {
        void range(long address, int order);
    }

    /// The naturally aligned ranges that make up a range.
    private static void forEachRange(long address, long bytes, RangeConsumer consumer) {
        for (long at = address; at < address + bytes; ) {
            int order = 0;
            while (order < MOST_ORDER
                    && (at & (PAGE << order + 1) - 1) == 0
                    && at + (PAGE << order + 1) <= address + bytes) {
                order++;
            }
            consumer.range(at, order);
            at += PAGE << order;
        }
    }

    /// Flushes, and gives back all tables. No device is in it any more.
    @Override
    public void close() {
        flush();
        tables.release();
    }
}
