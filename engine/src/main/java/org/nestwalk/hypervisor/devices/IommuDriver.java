package org.nestwalk.hypervisor.devices;

import org.nestwalk.bits.PageSize;
import org.nestwalk.iommu.RemappingUnit;
import org.nestwalk.iommu.WriteBackLines;
import org.nestwalk.iommu.queue.Descriptor;
import org.nestwalk.iommu.queue.QueueSoftware;
import org.nestwalk.iommu.table.RemappingTables;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.TableFrames;

/// The software that drives an IOMMU: its tables and its queue, in frames of the host.
///
/// Between any two of its steps devices and the unit may do anything: `meanwhile` is what they do,
/// and a test's or an attacker's way in. Not thread-safe.
public final class IommuDriver implements AutoCloseable {
    private final RemappingUnit unit;
    private final WriteBackLines lines;
    private final PhysicalMemory memory;
    private final TableFrames frames;
    private final RemappingTables tables;
    private final QueueSoftware queue;
    private final long queuePage;
    private final long statusPage;
    private final DriverCosts costs;
    private final DriverAccount account = new DriverAccount();
    private Runnable meanwhile = () -> {};
    private int domains;

    /// Turns `unit` on, with no device in any domain.
    ///
    /// @param host whose frames tables are in
    /// @param scalable whether tables are those of scalable mode
    public IommuDriver(RemappingUnit unit, HostMemory host, boolean scalable, DriverCosts costs) {
        this.unit = unit;
        this.costs = costs;
        this.lines = new WriteBackLines(host.contents());
        this.memory = unit.settings().coherent() ? host.contents() : lines;
        this.frames = new HostTables(host);
        this.tables = new RemappingTables(memory, frames, scalable);
        this.queuePage = frames.allocate();
        this.statusPage = frames.allocate();
        this.queue =
                new QueueSoftware(unit.queue(), host.contents(), queuePage, statusPage, this::pass);
        writeBack();
        unit.setRoot(tables.rootRegister());
        unit.enable(true);
    }

    private record HostTables(HostMemory host) implements TableFrames {
        @Override
        public long allocate() {
            long frame = host.reserve(PageSize.SIZE_4K);
            if (frame == -1) {
                throw new GuestFailure(
                        VmExit.Cause.HOST_OUT_OF_MEMORY,
                        "the host has no memory left for tables of its IOMMU");
            }
            return frame;
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }

        @Override
        public void free(long address) {
            host.release(address, PageSize.SIZE_4K);
        }
    }

    /// Has `work` be done between any two steps.
    public void meanwhile(Runnable work) {
        meanwhile = work;
    }

    /// Everything else goes on.
    void between() {
        meanwhile.run();
    }

    private void pass() {
        unit.tick();
        between();
    }

    /// What it has spent.
    public DriverAccount account() {
        return account;
    }

    /// What its work takes.
    public DriverCosts costs() {
        return costs;
    }

    /// The unit.
    public RemappingUnit unit() {
        return unit;
    }

    RemappingTables tables() {
        return tables;
    }

    /// Memory as tables are written.
    PhysicalMemory memory() {
        return memory;
    }

    TableFrames frames() {
        return frames;
    }

    int newDomain() {
        domains++;
        return domains;
    }

    void submit(Descriptor descriptor) {
        queue.submit(descriptor);
    }

    /// Waits until all that was submitted is done.
    void await() {
        queue.await(queue.fence());
    }

    /// Writes back what the unit does not see, if it does not snoop.
    void writeBack() {
        if (!unit.settings().coherent()) {
            int _ = lines.flushAll();
        }
    }

    /// Turns the unit off, and gives back all tables. No device is in a domain.
    @Override
    public void close() {
        unit.enable(false);
        tables.release();
        writeBack();
        frames.free(queuePage);
        frames.free(statusPage);
    }
}
