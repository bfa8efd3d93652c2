package org.nestwalk.iommu;

import java.util.ArrayDeque;
import java.util.Deque;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.iommu.queue.Descriptor;
import org.nestwalk.iommu.queue.QueueSoftware;
import org.nestwalk.iommu.table.DomainTables;
import org.nestwalk.iommu.table.RemappingTables;
import org.nestwalk.machine.device.DevicePort;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.TableFrames;

/// A unit with its memory, tables, a queue, and frames for all of that from 16 MiB on.
final class UnitUnderTest {
    static final int DEVICE = 0x0310;
    static final int DOMAIN = 7;
    static final long MEMORY = 1L << 34;

    final FlatMemory memory = new FlatMemory(0);
    final WriteBackLines lines = new WriteBackLines(memory);
    final Frames frames = new Frames();
    final RemappingUnit unit;
    final PhysicalMemory software;
    final RemappingTables tables;
    final DomainTables domain;
    final QueueSoftware queue;

    UnitUnderTest(boolean scalable) {
        this(UnitSettings.of(MEMORY), scalable, 4);
    }

    UnitUnderTest(UnitSettings settings, boolean scalable, int levels) {
        unit = new RemappingUnit(settings, memory);
        software = settings.coherent() ? memory : lines;
        tables = new RemappingTables(software, frames, scalable);
        domain = new DomainTables(software, frames, levels, false);
        queue =
                new QueueSoftware(
                        unit.queue(), memory, frames.allocate(), frames.allocate(), unit::tick);
        unit.setRoot(tables.rootRegister());
        unit.enable(true);
    }

    UnitUnderTest attach() {
        return attach(false, false);
    }

    UnitUnderTest attach(boolean deviceTlb, boolean accessedDirty) {
        tables.attach(DEVICE, DOMAIN, domain, deviceTlb, accessedDirty);
        return this;
    }

    DevicePort port(int tlb) {
        return new DevicePort(unit, DEVICE, memory, tlb);
    }

    long hpa(long address, boolean write) {
        long word = unit.translate(DEVICE, RemappingUnit.NO_PASID, address, write);
        return word == 0 ? -1 : SecondLevelTranslation.address(word, address);
    }

    /// The reason of the only fault there is.
    FaultReason fault() {
        FaultLog.Fault fault = unit.faults().take();
        if (fault == null || unit.faults().take() != null) {
            throw new AssertionError("not one fault: " + fault);
        }
        return fault.reason();
    }

    void invalidate(Descriptor descriptor) {
        queue.submit(descriptor);
        queue.await(queue.fence());
    }

    static final class Frames implements TableFrames {
        private final Deque<Long> free = new ArrayDeque<>();
        private long next = 1L << 24;
        long used;

        @Override
        public long allocate() {
            used++;
            Long again = free.poll();
            if (again != null) {
                return again;
            }
            next += 4096;
            return next;
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }

        @Override
        public void free(long address) {
            used--;
            free.add(address);
        }
    }
}
