package org.nestwalk.lab.labs.devices;

import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.devices.DeviceDomain;
import org.nestwalk.hypervisor.devices.DriverCosts;
import org.nestwalk.lab.devices.DeviceBench;
import org.nestwalk.machine.device.NetworkCard;
import org.nestwalk.machine.device.Ring;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.mmu.model.ProcessorModel;

/// What a unit has to walk for a card that goes round its ring, whose buffers stay mapped.
final class MissRun {
    private static final long RING = 1L << 40;
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final int PACKET = 1500;
    private static final int ROUNDS = 4;

    private MissRun() {}

    /// Goes round a ring several times, the first of which does not count.
    static DevicesResult.Misses of(
            ProcessorModel model, int ring, PageSize pages, int iotlb, int deviceTlb) {
        long bytes = ring * PageSize.SIZE_4K.bytes() + LARGE - 1 & -LARGE;
        try (DeviceBench bench =
                new DeviceBench(
                        model,
                        Math.max(64L << 20, 2 * bytes + (32L << 20)) & -(4L << 20),
                        iotlb,
                        deviceTlb,
                        DriverCosts.ASSUMED)) {
            DeviceDomain domain = bench.domain();
            PhysicalMemory memory = bench.host().contents();
            long ringFrame = bench.host().reserve(PageSize.SIZE_2M);
            domain.map(RING, ringFrame, PageSize.SIZE_2M, true);
            for (long at = 0; at < bytes; at += LARGE) {
                long block = bench.host().reserve(PageSize.SIZE_2M);
                for (long page = 0; page < LARGE; page += pages.bytes()) {
                    domain.map(at + page, block + page, pages, true);
                }
            }
            domain.attach(bench.port(), false);
            NetworkCard card = new NetworkCard(bench.port(), 10);
            card.receiveFrom(new Ring(RING, ring));
            for (int i = 0; i < ring; i++) {
                memory.store(ringFrame + (long) i * Ring.BYTES, i * PageSize.SIZE_4K.bytes());
            }
            round(card, memory, ringFrame, ring);
            long requests = bench.unit().counts().requests();
            long walks = bench.unit().counts().walks();
            for (int i = 0; i < ROUNDS; i++) {
                round(card, memory, ringFrame, ring);
            }
            double packets = (double) ROUNDS * ring;
            return new DevicesResult.Misses(
                    ring,
                    pages.label(),
                    deviceTlb,
                    (bench.unit().counts().requests() - requests) / packets,
                    (bench.unit().counts().walks() - walks) / packets);
        }
    }

    private static void round(NetworkCard card, PhysicalMemory memory, long frame, int ring) {
        for (int i = 0; i < ring; i++) {
            memory.store(frame + (long) i * Ring.BYTES + 8, PACKET);
            card.offerReceive(1);
            if (!card.arrives(PACKET, i)) {
                throw new IllegalStateException("a packet was not received: " + card.failure());
            }
        }
    }
}
