package org.nestwalk.lab.labs.devices;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.devices.DeviceDomain;
import org.nestwalk.hypervisor.devices.DmaMapper;
import org.nestwalk.hypervisor.devices.DriverAccount;
import org.nestwalk.hypervisor.devices.DriverAccount.Work;
import org.nestwalk.hypervisor.devices.MappingMode;
import org.nestwalk.lab.devices.DeviceBench;
import org.nestwalk.lab.labs.devices.DevicesExperiment.Rig;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.device.NetworkCard;
import org.nestwalk.machine.device.Ring;
import org.nestwalk.memory.PhysicalMemory;

/// A driver that receives packets from a card by a ring: each packet's buffer is taken back, looked
/// at, and kept for as many packets as the ring holds, as by a program that reads it later; another
/// one is given to the card. Processor and line work side by side, so that a packet takes as long
/// as the slower of them.
final class ReceiveRun {
    /// Where the ring is for the device, whatever buffers are.
    private static final long RING = 1L << 40;

    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long SMALL = PageSize.SIZE_4K.bytes();

    private final DeviceBench bench;
    private final DmaMapper mapper;
    private final NetworkCard card;
    private final PhysicalMemory memory;
    private final DeviceDomain domain;
    private final List<Long> blocks = new ArrayList<>();
    private final long ringFrame;
    private final long[] buffers;
    private final int[] inSlot;
    private final long[] given;
    private final int packet;
    private final double frequency;
    private final long packetCycles;
    private double nanos;
    private double busyNanos;
    private long wrong;

    /// @param packet bytes
    ReceiveRun(DeviceBench bench, MappingMode mode, Rig rig, int packet) {
        int ring = rig.ring();
        this.bench = bench;
        this.packet = packet;
        this.frequency = rig.frequency();
        this.packetCycles = rig.packetCycles();
        this.memory = bench.host().contents();
        this.card = new NetworkCard(bench.port(), rig.gigabits());
        this.domain = bench.domain();
        this.buffers = new long[2 * ring];
        this.inSlot = new int[ring];
        this.given = new long[ring];
        this.ringFrame = bench.host().reserve(PageSize.SIZE_2M);
        domain.map(RING, ringFrame, PageSize.SIZE_2M, true);
        takeBuffers();
        this.mapper = mode.mapper(domain, bench.host());
        domain.attach(bench.port(), false);
        card.receiveFrom(new Ring(RING, ring));
        for (int i = 0; i < ring; i++) {
            give(i, i);
        }
    }

    private void takeBuffers() {
        long bytes = packet + SMALL - 1 & -SMALL;
        long at = LARGE;
        for (int i = 0; i < buffers.length; i++) {
            if (at + bytes > LARGE) {
                blocks.add(bench.host().reserve(PageSize.SIZE_2M));
                at = 0;
            }
            buffers[i] = blocks.getLast() + at;
            at += bytes;
        }
    }

    private void give(int slot, int buffer) {
        inSlot[slot] = buffer;
        given[slot] = mapper.map(buffers[buffer], packet, true);
        memory.store(ringFrame + (long) slot * Ring.BYTES, given[slot]);
        memory.store(ringFrame + (long) slot * Ring.BYTES + 8, packet);
        card.offerReceive(1);
    }

    /// Receives packets.
    void receive(int packets, Meter meter) {
        DriverAccount account = bench.driver().account();
        double wire = card.wireNanos(packet);
        for (int i = 0; i < packets; i++) {
            int slot = i % given.length;
            long before = account.cycles();
            boolean arrived = card.arrives(packet, (long) i << 16);
            mapper.unmap(given[slot]);
            if (!arrived || memory.read(buffers[inSlot[slot]]) != (long) i << 16) {
                wrong++;
            }
            give(slot, (i + given.length) % buffers.length);
            double busy = (packetCycles + account.cycles() - before) / frequency;
            busyNanos += busy;
            nanos += Math.max(wire, busy);
            mapper.time((long) nanos);
            if (!meter.add(1)) {
                return;
            }
        }
    }

    /// What came of it.
    ///
    /// @param before what the driver had spent when packets began
    DevicesResult.Throughput result(MappingMode mode, int packets, DriverAccount before) {
        DriverAccount account = bench.driver().account();
        DmaMapper.Exposure exposure = mapper.exposure();
        return new DevicesResult.Throughput(
                mode.label(),
                packet,
                packets * card.wireNanos(packet) / nanos,
                busyNanos * frequency / packets,
                perPacket(account, before, Work.TABLES, packets),
                perPacket(account, before, Work.ADDRESSES, packets),
                perPacket(account, before, Work.INVALIDATIONS, packets),
                perPacket(account, before, Work.COPYING, packets),
                busyNanos / nanos,
                exposure.pageNanos(),
                exposure.mostPages(),
                exposure.longestNanos(),
                wrong);
    }

    private static double perPacket(
            DriverAccount account, DriverAccount before, Work work, int packets) {
        return (double) (account.cycles(work) - before.cycles(work)) / packets;
    }

    /// Takes everything back.
    void end() {
        domain.detach(bench.port());
        mapper.close();
        domain.unmap(RING, LARGE, () -> bench.host().release(ringFrame, PageSize.SIZE_2M));
        domain.close();
        blocks.forEach(block -> bench.host().release(block, PageSize.SIZE_2M));
    }
}
