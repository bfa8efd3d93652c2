package org.nestwalk.lab.labs.devices;

import org.nestwalk.hypervisor.devices.DriverCosts;
import org.nestwalk.hypervisor.devices.VirtualIommu;
import org.nestwalk.lab.devices.DeviceBench;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.device.NetworkCard;
import org.nestwalk.mmu.model.ProcessorModel;

/// A guest that protects itself from a device that is assigned to it: each packet's page is mapped
/// and unmapped by the guest's own IOMMU.
final class GuestRun {
    private static final long MEMORY = 4L << 20;
    private static final long TABLES = 2L << 20;
    private static final long PAGE = 4096;
    private static final long ADDRESSES = 1L << 32;
    private static final int RING = 64;

    private GuestRun() {}

    /// Receives `packets` of `bytes`.
    ///
    /// @param frequency in GHz
    /// @param packetCycles of a packet beside its protection
    static DevicesResult.GuestIommu of(
            ProcessorModel model,
            VirtualIommu.Mode mode,
            DriverCosts costs,
            double gigabits,
            double frequency,
            long packetCycles,
            int bytes,
            int packets,
            Meter meter) {
        try (DeviceBench bench = new DeviceBench(model, 32L << 20, 64, 0, costs)) {
            VirtualMachine vm = bench.vm("vm", MEMORY);
            // The checker knows addresses of one stage only.
            VirtualIommu iommu =
                    new VirtualIommu(
                            vm,
                            bench.port(),
                            bench.uncheckedDomain(),
                            mode,
                            TABLES,
                            1L << 18,
                            model.costs().exitCycles());
            NetworkCard card = new NetworkCard(bench.port(), gigabits);
            long pinned = 0;
            long before = bench.driver().account().cycles();
            for (int i = 0; i < packets; i++) {
                long page = ADDRESSES + i % RING * PAGE;
                iommu.map(page, i % RING * PAGE);
                pinned = Math.max(pinned, iommu.pinned());
                if (!bench.port().writeAll(page, i, bytes / Long.BYTES)) {
                    throw new IllegalStateException("the device was refused its buffer");
                }
                iommu.unmap(page);
                if (!meter.add(1)) {
                    break;
                }
            }
            double cycles =
                    packetCycles + (double) (bench.driver().account().cycles() - before) / packets;
            DevicesResult.GuestIommu result =
                    new DevicesResult.GuestIommu(
                            mode.label(),
                            (double) iommu.exits() / packets,
                            cycles,
                            Math.min(1, card.wireNanos(bytes) * frequency / cycles),
                            (double) pinned * PAGE / MEMORY);
            vm.close();
            return result;
        }
    }
}
