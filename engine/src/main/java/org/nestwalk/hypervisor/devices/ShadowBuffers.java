package org.nestwalk.hypervisor.devices;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.devices.DriverAccount.Work;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PhysicalMemory;

/// Gives the device buffers of its own, which stay mapped for ever, and copies: what it reads
/// before it is told, what it has written when the buffer is taken back.
final class ShadowBuffers implements DmaMapper {
    private static final long PAGE = 4096;
    private static final int LINE = 64;

    private final DeviceDomain domain;
    private final HostMemory host;
    private final PhysicalMemory memory;
    private final DeviceAddresses addresses = new DeviceAddresses();
    private final Map<Long, Deque<Shadow>> free = new HashMap<>();
    private final Map<Long, Use> used = new HashMap<>();
    private final List<Shadow> all = new ArrayList<>();

    private record Shadow(long address, long pages, List<Long> frames) {}

    private record Use(Shadow shadow, long hpa, int bytes, boolean written) {}

    ShadowBuffers(DeviceDomain domain, HostMemory host) {
        this.domain = domain;
        this.host = host;
        this.memory = host.contents();
    }

    @Override
    public long map(long hpa, int bytes, boolean written) {
        DriverCosts costs = domain.driver().costs();
        long pages = (hpa + bytes - 1 & -PAGE) - (hpa & -PAGE) + PAGE >> 12;
        Deque<Shadow> known = free.computeIfAbsent(pages, _ -> new ArrayDeque<>());
        Shadow shadow = known.isEmpty() ? make(pages) : known.pop();
        domain.driver().account().spend(Work.ADDRESSES, costs.allocate() + costs.call());
        Use use = new Use(shadow, hpa, bytes, written);
        used.put(shadow.address, use);
        if (!written) {
            copy(use, true);
        }
        return shadow.address | hpa & PAGE - 1;
    }

    private Shadow make(long pages) {
        long address = addresses.take(pages);
        List<Long> frames = new ArrayList<>();
        for (long page = 0; page < pages; page++) {
            long frame = host.reserve(PageSize.SIZE_4K);
            if (frame == -1) {
                throw new GuestFailure(
                        VmExit.Cause.HOST_OUT_OF_MEMORY,
                        "the host has no memory left for shadow buffers");
            }
            frames.add(frame);
            domain.map(address + page * PAGE, frame, PageSize.SIZE_4K, true);
        }
        Shadow shadow = new Shadow(address, pages, List.copyOf(frames));
        all.add(shadow);
        return shadow;
    }

    @Override
    public void unmap(long address) {
        DriverCosts costs = domain.driver().costs();
        Use use = Objects.requireNonNull(used.remove(address & -PAGE), "not mapped");
        domain.driver().account().spend(Work.ADDRESSES, costs.release() + costs.call());
        if (use.written) {
            copy(use, false);
        }
        // What the device may still write belongs to no one.
        free.computeIfAbsent(use.shadow.pages, _ -> new ArrayDeque<>()).push(use.shadow);
    }

    private void copy(Use use, boolean toDevice) {
        long lines = (use.bytes + LINE - 1L) / LINE;
        domain.driver()
                .account()
                .spend(Work.COPYING, lines * domain.driver().costs().copyingLine());
        long first = use.hpa & -PAGE;
        for (long at = use.hpa & -Long.BYTES; at < use.hpa + use.bytes; at += Long.BYTES) {
            long offset = at - first;
            long shadow = use.shadow.frames.get((int) (offset >>> 12)) + (offset & PAGE - 1);
            if (toDevice) {
                memory.store(shadow, memory.read(at));
            } else {
                memory.store(at, memory.read(shadow));
            }
        }
    }

    @Override
    public void close() {
        for (Shadow shadow : all) {
            domain.unmap(
                    shadow.address,
                    shadow.pages * PAGE,
                    () -> shadow.frames.forEach(frame -> host.release(frame, PageSize.SIZE_4K)));
        }
        all.clear();
        free.clear();
        used.clear();
    }
}
