package org.nestwalk.lab.labs.dmaattack;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.devices.DeviceDomain;
import org.nestwalk.hypervisor.devices.DriverCosts;
import org.nestwalk.hypervisor.devices.StaleDma;
import org.nestwalk.hypervisor.devices.UnmapOrder;
import org.nestwalk.hypervisor.devices.UnmapStep;
import org.nestwalk.lab.devices.DeviceBench;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Order;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.Xoshiro256;

/// Unmaps in the right order and in wrong ones, while the device goes on, under the eyes of the
/// checker.
final class WrongOrders {
    private static final long ADDRESS = 1L << 32;
    private static final long PAGE = 4096;

    private WrongOrders() {}

    static List<Order> all(ProcessorModel model, int unmaps, long seed) {
        List<Order> orders = new ArrayList<>();
        UnmapOrder right = UnmapOrder.RIGHT;
        orders.add(attempt(model, "right", right, unmaps, seed));
        orders.add(
                attempt(
                        model,
                        "no invalidation",
                        right.without(UnmapStep.INVALIDATE),
                        unmaps,
                        seed));
        orders.add(
                attempt(
                        model,
                        "no invalidation of the device's TLB",
                        right.without(UnmapStep.INVALIDATE_DEVICES),
                        unmaps,
                        seed));
        orders.add(attempt(model, "no wait", right.without(UnmapStep.WAIT), unmaps, seed));
        orders.add(
                attempt(
                        model,
                        "freed before the wait",
                        right.swapped(UnmapStep.WAIT, UnmapStep.FREE),
                        unmaps,
                        seed));
        return orders;
    }

    private static Order attempt(
            ProcessorModel model, String name, UnmapOrder order, int unmaps, long seed) {
        // Without an entry of its own for the page the device's TLB hides what the IOTLB has.
        int tlb = name.contains("device") ? 16 : 0;
        try (DeviceBench bench = new DeviceBench(model, 32L << 20, 64, tlb, DriverCosts.ASSUMED)) {
            Xoshiro256 random = new Xoshiro256(seed);
            DeviceDomain domain = bench.domain(order);
            domain.attach(bench.port(), false);
            bench.driver().meanwhile(() -> access(bench, random));
            for (int i = 0; i < unmaps; i++) {
                try {
                    unmap(bench, domain, random);
                } catch (StaleDma stale) {
                    return new Order(name, i + 1, true, String.valueOf(stale.getMessage()));
                }
            }
            return new Order(name, unmaps, false, "");
        }
    }

    private static void unmap(DeviceBench bench, DeviceDomain domain, Xoshiro256 random) {
        long frame = bench.host().reserve(PageSize.SIZE_4K);
        domain.map(ADDRESS, frame, PageSize.SIZE_4K, true);
        access(bench, random);
        domain.unmap(ADDRESS, PAGE, () -> {});
        access(bench, random);
        bench.host().release(frame, PageSize.SIZE_4K);
    }

    private static void access(DeviceBench bench, Xoshiro256 random) {
        if (random.nextBelow(3) > 0) {
            boolean _ = bench.port().write(ADDRESS + random.nextBelow(512) * 8, 1);
        }
    }
}
