package org.nestwalk.lab.labs.dmaattack;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.devices.DeviceDomain;
import org.nestwalk.hypervisor.devices.DmaMapper;
import org.nestwalk.hypervisor.devices.DriverCosts;
import org.nestwalk.hypervisor.devices.MappingMode;
import org.nestwalk.lab.devices.DeviceBench;
import org.nestwalk.lab.labs.dmaattack.DmaAttackResult.Mode;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.SplitMix64;

/// A device that reads and writes whatever it can reach, while its driver uses it for packets.
final class HostileDevice implements AutoCloseable {
    private static final long HOST = 64L << 20;
    private static final int PACKET = 1500;
    private static final int BESIDE = 2048;

    // Between two packets, of which deferred protection can put 200 off in 10 ms.
    private static final long STEP_NANOS = 50_000;
    private static final long LATER_NANOS = 20_000_000;

    private final DeviceBench bench;
    private final DeviceDomain domain;
    private final DmaMapper mapper;
    private final PhysicalMemory memory;
    private final MappingMode mode;
    private final long seed;
    private final int secrets;
    private final List<Long> frames = new ArrayList<>();
    private long nanos;

    private HostileDevice(ProcessorModel model, MappingMode mode, int secrets, long seed) {
        this.bench =
                new DeviceBench(
                        model,
                        HOST + (secrets * 8192L + (4L << 20) & -(4L << 20)),
                        64,
                        0,
                        DriverCosts.ASSUMED);
        this.mode = mode;
        this.seed = seed;
        this.secrets = secrets;
        this.memory = bench.host().contents();
        this.domain = bench.domain();
        this.mapper = mode.mapper(domain, bench.host());
        domain.attach(bench.port(), false);
    }

    static Mode attack(ProcessorModel model, MappingMode mode, int secrets, long seed) {
        try (HostileDevice device = new HostileDevice(model, mode, secrets, seed)) {
            return device.attack();
        }
    }

    private Mode attack() {
        long never = 0;
        for (int i = 0; i < secrets; i++) {
            long frame = frame();
            memory.store(frame, secret(i));
            never += bench.port().read(frame) == secret(i) ? 1 : 0;
        }
        long atOnce = 0;
        long later = 0;
        long beside = 0;
        long corrupted = 0;
        long[] addresses = new long[secrets];
        for (int i = 0; i < secrets; i++) {
            long buffer = frame();
            memory.store(buffer + BESIDE, secret(i));
            addresses[i] = mapper.map(buffer, PACKET, true);
            beside += bench.port().read(addresses[i] + BESIDE) == secret(i) ? 1 : 0;
            boolean _ = bench.port().write(addresses[i], i);
            mapper.unmap(addresses[i]);
            memory.store(buffer, ~secret(i));
            atOnce += bench.port().read(addresses[i]) == ~secret(i) ? 1 : 0;
            boolean _ = bench.port().write(addresses[i] + 8, secret(i));
            corrupted += memory.read(buffer + 8) == secret(i) ? 1 : 0;
            nanos += STEP_NANOS;
            mapper.time(nanos);
        }
        nanos += LATER_NANOS;
        mapper.time(nanos);
        for (int i = 0; i < secrets; i++) {
            later += bench.port().read(addresses[i]) == ~secret(i) ? 1 : 0;
        }
        return new Mode(mode.label(), never, atOnce, later, beside, corrupted);
    }

    private long frame() {
        long frame = bench.host().reserve(PageSize.SIZE_4K);
        frames.add(frame);
        return frame;
    }

    private long secret(int i) {
        return SplitMix64.hash(seed, i) | 1;
    }

    @Override
    public void close() {
        domain.detach(bench.port());
        mapper.close();
        domain.close();
        frames.forEach(frame -> bench.host().release(frame, PageSize.SIZE_4K));
        bench.close();
    }
}
