package org.nestwalk.lab.labs.devices;

import org.nestwalk.hypervisor.devices.DriverCosts;
import org.nestwalk.hypervisor.devices.VirtualIommu;
import org.nestwalk.lab.devices.DeviceBench;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.device.NetworkCard;
import org.nestwalk.machine.device.Ring;
import org.nestwalk.mmu.model.ProcessorModel;

/// A guest that protects itself from a device that is assigned to it: each packet's page is mapped
/// and unmapped by the guest's own IOMMU, and each interrupt of the card is an exit.
final class GuestRun {
    private static final long MEMORY = 4L << 20;
    private static final long TABLES = 2L << 20;
    private static final long PAGE = 4096;
    private static final long ADDRESSES = 1L << 32;
    private static final long RING_ADDRESS = 1L << 31;
    private static final long RING_PAGE = 1L << 20;
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
            iommu.map(RING_ADDRESS, RING_PAGE);
            card.receiveFrom(new Ring(RING_ADDRESS, RING));
            long pinned = 0;
            long before = bench.driver().account().cycles();
            long exits = iommu.exits();
            for (int i = 0; i < packets; i++) {
                long slot = i % RING;
                long page = ADDRESSES + slot * PAGE;
                iommu.map(page, slot * PAGE);
                pinned = Math.max(pinned, iommu.pinned());
                long descriptor = RING_PAGE + slot * Ring.BYTES;
                vm.memory().write(descriptor, page);
                vm.memory().write(descriptor + Long.BYTES, bytes);
                card.offerReceive(1);
                if (!card.arrives(bytes, i)) {
                    throw new IllegalStateException("a packet was refused: " + card.failure());
                }
                iommu.unmap(page);
                if (!meter.add(1)) {
                    break;
                }
            }
            double interrupts = (double) card.interrupts() / packets;
            double cycles =
                    packetCycles
                            + interrupts * model.costs().exitCycles()
                            + (double) (bench.driver().account().cycles() - before) / packets;
            DevicesResult.GuestIommu result =
                    new DevicesResult.GuestIommu(
                            mode.label(),
                            (double) (iommu.exits() - exits) / packets,
                            interrupts,
                            cycles,
                            Math.min(1, card.wireNanos(bytes) * frequency / cycles),
                            (double) pinned * PAGE / MEMORY);
            vm.close();
            return result;
        }
    }
}
