package org.nestwalk.hypervisor.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.hypervisor.devices.DeviceHost.PAGE;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.devices.DmaMapper.Exposure;
import org.nestwalk.machine.HostMemory;

/// What devices reach of buffers in each way of protecting memory.
class DmaMapperTest {
    private final DeviceHost host = new DeviceHost();
    private final HostMemory memory = host.machine.host();
    private final DeviceDomain domain = host.domain();

    @ParameterizedTest
    @EnumSource(MappingMode.class)
    void dataArriveInBothDirections(MappingMode mode) {
        domain.attach(host.port, false);
        SplittableRandom random = new SplittableRandom(3);
        List<Long> frames = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            frames.add(memory.reserve(PageSize.SIZE_4K));
        }
        try (DmaMapper mapper = mode.mapper(domain, memory)) {
            for (int i = 0; i < 1_500; i++) {
                long frame = frames.get(random.nextInt(8));
                long hpa = frame + random.nextInt(100) * 8L;
                long value = random.nextLong();
                boolean written = random.nextBoolean();
                memory.contents().store(hpa, value);
                long address = mapper.map(hpa, 1500, written);
                if (!written || mode != MappingMode.SHADOW) {
                    assertThat(host.port.read(address)).isEqualTo(value);
                }
                if (written) {
                    assertThat(host.port.write(address, value + 1)).isTrue();
                }
                mapper.unmap(address);
                assertThat(memory.contents().read(hpa)).isEqualTo(written ? value + 1 : value);
                mapper.time(i * 100_000L);
            }
            domain.detach(host.port);
        }
        domain.close();
        frames.forEach(frame -> memory.release(frame, PageSize.SIZE_4K));
        host.end();
    }

    @Test
    void deferredExposesNoMoreThanItsBoundAndNotNothing() {
        domain.attach(host.port, false);
        long frame = memory.reserve(PageSize.SIZE_4K);
        long stale = 0;
        DmaMapper mapper = MappingMode.DEFERRED.mapper(domain, memory);
        for (int i = 0; i < 2_000; i++) {
            mapper.time(i * 50_000L);
            long address = mapper.map(frame, 1500, true);
            assertThat(host.port.write(address, 1)).isTrue();
            mapper.unmap(address);
            stale += host.port.write(address, 2) ? 1 : 0;
        }
        Exposure exposure = mapper.exposure();
        assertThat(stale).isPositive().isEqualTo(host.checker.exposedAccesses());
        assertThat(exposure.mostPages()).isPositive().isLessThanOrEqualTo(256);
        assertThat(exposure.longestNanos()).isPositive().isLessThanOrEqualTo(10_000_000);
        assertThat(exposure.pageNanos()).isPositive();
        domain.detach(host.port);
        mapper.close();
        domain.close();
        memory.release(frame, PageSize.SIZE_4K);
        host.end();
    }

    @Test
    void strictExposesNothingAtAnyStep() {
        domain.attach(host.port, false);
        long frame = memory.reserve(PageSize.SIZE_4K);
        long[] address = {0};
        host.driver.meanwhile(() -> host.port.write(address[0], 3));
        DmaMapper mapper = MappingMode.STRICT.mapper(domain, memory);
        for (int i = 0; i < 1_000; i++) {
            address[0] = mapper.map(frame, 1500, true);
            host.port.post(address[0], 4);
            mapper.unmap(address[0]);
            assertThat(host.port.write(address[0], 5)).isFalse();
            memory.contents().store(frame, 9);
            host.port.drain();
            assertThat(memory.contents().read(frame)).isEqualTo(9);
        }
        assertThat(mapper.exposure()).isEqualTo(Exposure.NOTHING);
        domain.detach(host.port);
        mapper.close();
        domain.close();
        memory.release(frame, PageSize.SIZE_4K);
        host.end();
    }

    @Test
    void optimisticReusesMappingsAndShadowsNeedNone() {
        domain.attach(host.port, false);
        long frame = memory.reserve(PageSize.SIZE_4K);
        for (MappingMode mode : List.of(MappingMode.OPTIMISTIC, MappingMode.SHADOW)) {
            long before = host.driver.account().times(DriverAccount.Work.TABLES);
            DmaMapper mapper = mode.mapper(domain, memory);
            for (int i = 0; i < 100; i++) {
                mapper.unmap(mapper.map(frame, (int) PAGE, true));
            }
            assertThat(host.driver.account().times(DriverAccount.Work.TABLES) - before).isOne();
            mapper.close();
        }
        domain.detach(host.port);
        domain.close();
        memory.release(frame, PageSize.SIZE_4K);
        host.end();
    }
}
