package org.nestwalk.hypervisor.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nestwalk.hypervisor.devices.DeviceHost.MEMORY;
import static org.nestwalk.hypervisor.devices.DeviceHost.PAGE;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.InputException;
import org.nestwalk.hypervisor.devices.VirtualIommu.Mode;
import org.nestwalk.iommu.queue.Descriptor;
import org.nestwalk.machine.VirtualMachine;

/// A guest's IOMMU translates the same whichever way the guest has it, with the exits of its way.
class VirtualIommuTest {
    private static final long TABLES = 1L << 20;
    private static final long ADDRESSES = 1L << 30;

    private final DeviceHost host = new DeviceHost();
    private final VirtualMachine vm = host.vm();

    private VirtualIommu iommu(Mode mode) {
        return new VirtualIommu(
                vm,
                host.port,
                host.domain(UnmapOrder.RIGHT, mode == Mode.NESTED ? null : host.checker),
                mode,
                TABLES,
                1L << 18,
                1_500);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void deviceReachesWhatTheGuestHasMapped(Mode mode) {
        VirtualIommu iommu = iommu(mode);
        SplittableRandom random = new SplittableRandom(5);
        Map<Long, Long> mapped = new HashMap<>();
        long maps = 0;
        long unmaps = 0;
        for (int i = 0; i < 2_000; i++) {
            long address = ADDRESSES + random.nextLong(32) * PAGE;
            Long gpa = mapped.get(address);
            if (gpa != null) {
                long value = random.nextLong();
                assertThat(host.port.write(address + 16, value)).isTrue();
                assertThat(vm.memory().read(gpa + 16)).isEqualTo(value);
                if (random.nextBoolean()) {
                    iommu.unmap(address);
                    mapped.remove(address);
                    unmaps++;
                }
            } else {
                assertThat(host.port.write(address, 1)).isFalse();
                gpa = random.nextLong(200) * PAGE;
                iommu.map(address, gpa);
                mapped.put(address, gpa);
                maps++;
            }
        }
        assertThat(iommu.exits()).isEqualTo(mode == Mode.NESTED ? unmaps : maps + unmaps);
        assertThat(iommu.pinned())
                .isEqualTo(
                        mode == Mode.NESTED
                                ? MEMORY / PAGE
                                : mapped.values().stream().distinct().count());
        vm.close();
        host.end();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void guestReachesNothingBeyondItsMemory(Mode mode) {
        VirtualIommu iommu = iommu(mode);
        assertThatThrownBy(() -> iommu.map(ADDRESSES, MEMORY))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("beyond the guest's memory");
        assertThatThrownBy(() -> iommu.unmap(ADDRESSES))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("nothing is mapped");
        iommu.map(ADDRESSES, 0x3000);
        assertThatThrownBy(() -> iommu.map(ADDRESSES, 0x4000))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("mapped already");
        assertThat(host.port.write(ADDRESSES, 1)).isTrue();
        vm.close();
        host.end();
    }

    @Test
    void guestThatWritesItsTablesBehindTheBackReachesItsOwnMemoryAlone() {
        VirtualIommu iommu = iommu(Mode.NESTED);
        iommu.map(ADDRESSES, 0x3000);
        for (long page = TABLES; page < TABLES + (1 << 18); page += 8) {
            if ((vm.memory().read(page) & 0xfffL) != 0 && vm.memory().read(page) >>> 12 == 3) {
                vm.memory().write(page, MEMORY | 7);
            }
        }
        host.driver.submit(Descriptor.translations());
        host.driver.await();
        assertThat(host.port.write(ADDRESSES, 1)).isFalse();
        vm.close();
        host.end();
    }
}
