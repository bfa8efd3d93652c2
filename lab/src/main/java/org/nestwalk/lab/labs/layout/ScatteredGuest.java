package org.nestwalk.lab.labs.layout;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.hypervisor.layout.Granule;
import org.nestwalk.hypervisor.layout.RandomLayout;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.MappedGuest;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.Xoshiro256;

/// A guest on the simulated machine whose memory is scattered, or in blocks of 2 MiB in their
/// order.
final class ScatteredGuest implements AutoCloseable {
    static final long BASE = 0x40_0000_0000L;

    private static final long UNIT = 4L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int BLOCK = 4096;

    private final SimulatedMachine machine;
    private final MappedGuest guest;
    private final @Nullable RandomLayout layout;
    private final long bytes;
    private final Meter meter;

    /// @param granule null for memory that is not scattered
    /// @param bytes of data, of which the guest's memory consists but for its tables
    /// @param guestPages of its own tables
    /// @param meter is told of the pages that are moved
    ScatteredGuest(
            ProcessorModel model,
            @Nullable Granule granule,
            long bytes,
            PageSize guestPages,
            long key,
            Meter meter) {
        this.bytes = bytes;
        this.meter = meter;
        long memory = MappedGuest.memoryFor(BASE, bytes);
        machine =
                new SimulatedMachine(
                        SimulatedSettings.of(model, 2 * memory + memory / 4 + 4 * UNIT & -UNIT));
        try {
            layout = granule == null ? null : new RandomLayout(machine.host(), granule, key, true);
            guest =
                    new MappedGuest(
                            machine,
                            1,
                            BASE,
                            bytes,
                            guestPages,
                            layout == null ? new Eager(PageSize.SIZE_2M) : layout);
        } catch (RuntimeException e) {
            machine.close();
            throw e;
        }
    }

    VirtualMachine vm() {
        return guest.vm();
    }

    MappedGuest mapped() {
        return guest;
    }

    /// Guest-physical address of the first byte of data.
    long dataStart() {
        return guest.dataStart();
    }

    /// Blocks at which a granule may be; 1 if nothing is scattered.
    int blocks() {
        return layout == null ? 1 : layout.blocks();
    }

    /// Where each page of guest memory is.
    long[] places() {
        int count = (int) (vm().settings().memoryBytes() / PAGE);
        return vm().exclusively(() -> {
            long[] places = new long[count];
            for (int i = 0; i < count; i++) {
                places[i] = vm().secondLevel().hostAddress(i * PAGE);
            }
            return places;
        });
    }

    /// Moves everything, if it is scattered. Returns the cycles that took.
    ///
    /// @throws EndedEarly if whoever watches ends the work
    long move() {
        if (layout == null) {
            return 0;
        }
        long before = vm().background().cycles();
        // To move a page takes longer than an access, and counts as one.
        if (!meter.add(layout.rerandomise())) {
            throw new EndedEarly();
        }
        return vm().background().cycles() - before;
    }

    /// What random accesses, one of two a store, come to.
    MmuCounts randomAccesses(int count, long seed) {
        VirtualCpu cpu = vm().cpus().getFirst();
        long[] block = new long[BLOCK];
        Xoshiro256 random = new Xoshiro256(seed);
        MmuCounts before = new MmuCounts();
        // The first half warms up.
        for (int made = 0; made < count; made += BLOCK) {
            if (made <= count / 2) {
                before = cpu.walkCounts().orElseThrow().copy();
            }
            for (int i = 0; i < BLOCK; i++) {
                int kind = (int) random.nextBelow(2);
                block[i] = Access.pack(kind, BASE + random.nextBelow(bytes / 8) * 8);
            }
            requireEnd(cpu.run(block, 0, BLOCK));
        }
        return cpu.walkCounts().orElseThrow().since(before);
    }

    private static void requireEnd(VmExit end) {
        if (!(end instanceof VmExit.ProgramEnd)) {
            throw new IllegalStateException("the guest ended with " + end);
        }
    }

    /// Stores and loads a few words while everything moves `times` times. Returns whether all loads
    /// find what was stored.
    boolean keepsContents(int times, long seed) {
        VirtualCpu cpu = vm().cpus().getFirst();
        Xoshiro256 random = new Xoshiro256(seed);
        int words = 64;
        long[] addresses = new long[words];
        long[] values = new long[words];
        for (int i = 0; i < words; i++) {
            addresses[i] =
                    Access.pack(Access.STORE, BASE + (random.nextBelow(bytes / 512) * 64 + i) * 8);
        }
        for (int time = 0; time < times; time++) {
            CpuState before = cpu.state();
            requireEnd(cpu.run(addresses, 0, words));
            long checksum = before.checksum();
            long[] loads = new long[words];
            for (int i = 0; i < words; i++) {
                values[i] = Checksum.value(before.cursor() + i);
                loads[i] = Access.pack(Access.LOAD, Access.address(addresses[i]));
                checksum = Checksum.fold(checksum, values[i]);
            }
            long _ = move();
            requireEnd(cpu.run(loads, 0, words));
            if (cpu.state().checksum() != checksum) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        if (layout != null) {
            layout.close();
        }
        machine.close();
    }
}
