package org.nestwalk.lab.labs.dmaattack;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.hypervisor.devices.AssignedDevice;
import org.nestwalk.hypervisor.devices.DeviceDomain;
import org.nestwalk.hypervisor.devices.DriverCosts;
import org.nestwalk.hypervisor.devices.VirtualIommu;
import org.nestwalk.lab.devices.DeviceBench;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Other;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.SplitMix64;

/// What guests reach with a device that is assigned to them, and devices that say that they have
/// translated an address themselves.
final class OtherAttacks {
    private static final long MEMORY = 4L << 20;
    private static final long HOST = 32L << 20;
    private static final long TABLES = 2L << 20;
    private static final long TABLE_BYTES = 1L << 18;
    private static final long ADDRESSES = 1L << 32;
    private static final long PAGE = 4096;
    private static final long FLAGS = 7;

    private OtherAttacks() {}

    static List<Other> all(ProcessorModel model, int secrets, long seed) {
        return List.of(
                assigned(model, secrets, seed),
                nested(model, secrets, seed),
                forged(model, 0, secrets, seed),
                forged(model, 64, secrets, seed));
    }

    /// A guest has its device read where another guest's memory is.
    private static Other assigned(ProcessorModel model, int secrets, long seed) {
        try (DeviceBench bench = new DeviceBench(model, HOST, 64, 0, DriverCosts.ASSUMED)) {
            VirtualMachine guest = bench.vm("guest", MEMORY);
            List<Long> targets = victim(bench, secrets, seed);
            AssignedDevice device =
                    AssignedDevice.assign(
                            guest, bench.port(), bench.domain(), AssignedDevice.Mode.PINNED, false);
            long got = 0;
            for (int i = 0; i < secrets; i++) {
                got += bench.port().read(targets.get(i)) == secret(seed, i) ? 1 : 0;
            }
            device.close();
            return new Other("guest with an assigned device", secrets, got);
        }
    }

    /// A guest writes into the tables of its own IOMMU what it likes.
    private static Other nested(ProcessorModel model, int secrets, long seed) {
        try (DeviceBench bench = new DeviceBench(model, HOST, 64, 0, DriverCosts.ASSUMED)) {
            VirtualMachine guest = bench.vm("guest", MEMORY);
            List<Long> targets = victim(bench, secrets, seed);
            VirtualIommu iommu =
                    new VirtualIommu(
                            guest,
                            bench.port(),
                            bench.uncheckedDomain(),
                            VirtualIommu.Mode.NESTED,
                            TABLES,
                            TABLE_BYTES,
                            0);
            long got = 0;
            for (int i = 0; i < secrets; i++) {
                iommu.map(ADDRESSES, 0);
                redirect(guest.memory(), targets.get(i));
                long offset = targets.get(i) & PAGE - 1;
                got += bench.port().read(ADDRESSES + offset) == secret(seed, i) ? 1 : 0;
                iommu.unmap(ADDRESSES);
            }
            iommu.close();
            return new Other("guest with an IOMMU of its own, nested", secrets, got);
        }
    }

    /// Has the entry that maps page 0 point to `target`.
    private static void redirect(GuestMemory memory, long target) {
        boolean redirected = false;
        for (long at = TABLES; at < TABLES + 4 * PAGE; at += Long.BYTES) {
            if (memory.read(at) == FLAGS) {
                memory.write(at, target & -PAGE | FLAGS);
                redirected = true;
            }
        }
        if (!redirected) {
            throw new IllegalStateException("the guest's entry was not found");
        }
    }

    /// Another guest, whose pages hold a secret each; gives where they are in the host's memory.
    private static List<Long> victim(DeviceBench bench, int secrets, long seed) {
        VirtualMachine victim = bench.vm("victim", MEMORY);
        List<Long> targets = new ArrayList<>();
        for (int i = 0; i < secrets; i++) {
            long gpa = i % (MEMORY / PAGE) * PAGE + i / (MEMORY / PAGE) * Long.BYTES;
            victim.memory().write(gpa, secret(seed, i));
            targets.add(victim.secondLevel().pins().hostAddress(gpa));
        }
        return targets;
    }

    /// A device says of host-physical addresses that it has had them translated.
    private static Other forged(ProcessorModel model, int tlb, int secrets, long seed) {
        try (DeviceBench bench = new DeviceBench(model, HOST, 64, tlb, DriverCosts.ASSUMED)) {
            List<Long> targets = victim(bench, secrets, seed);
            DeviceDomain domain = bench.domain();
            domain.attach(bench.port(), false);
            long got = 0;
            for (int i = 0; i < secrets; i++) {
                got += bench.port().readTranslated(targets.get(i)) == secret(seed, i) ? 1 : 0;
            }
            domain.detach(bench.port());
            domain.close();
            return new Other(
                    tlb == 0
                            ? "device that may have no TLB, and says that it has translated"
                            : "device that may have a TLB, and says that it has translated",
                    secrets,
                    got);
        }
    }

    private static long secret(long seed, int i) {
        return SplitMix64.hash(seed, i) | 1;
    }
}
