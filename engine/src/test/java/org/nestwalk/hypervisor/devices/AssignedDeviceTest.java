package org.nestwalk.hypervisor.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nestwalk.hypervisor.devices.DeviceHost.MEMORY;
import static org.nestwalk.hypervisor.devices.DeviceHost.PAGE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.devices.AssignedDevice.Mode;
import org.nestwalk.iommu.UnitSettings;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.device.DevicePort;
import org.nestwalk.memory.PageSet;

/// What a hypervisor may do with memory that a device reaches, one by one.
class AssignedDeviceTest {
    private final DeviceHost host = new DeviceHost(UnitSettings.of(16L << 20), 16);
    private final VirtualMachine vm = host.vm();

    @Test
    void deviceReachesGuestMemoryAndNothingElse() {
        AssignedDevice device = host.assign(vm, Mode.PINNED, false);
        assertThat(vm.secondLevel().pins().pages()).isEqualTo(MEMORY / PAGE);
        assertThat(host.port.write(0x5008, 42)).isTrue();
        assertThat(vm.memory().read(0x5008)).isEqualTo(42);
        vm.memory().write(0x6000, 43);
        assertThat(host.port.read(0x6000)).isEqualTo(43);
        assertThat(host.port.write(MEMORY, 1)).isFalse();
        assertThat(host.unit.faults().take())
                .hasToString(
                        "device 03:00.0, write of 0x200000: an entry of the second stage is not"
                                + " present (reason 0x79)");
        device.check();
        device.close();
        assertThat(host.port.write(0x5008, 1)).isFalse();
        host.end();
    }

    @Test
    void ballooningIsRefusedWhileAllIsPinned() {
        host.assign(vm, Mode.PINNED, false);
        assertThatThrownBy(() -> vm.exclusively(() -> vm.secondLevel().unmap(0x3000, PAGE)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("page 0x3000 is pinned for device 03:00.0");
        assertThat(host.port.write(0x3000, 1)).isTrue();
        vm.close();
        host.end();
    }

    @Test
    void ballooningTakesThePageFromADeviceThatLetsGo() {
        AssignedDevice device = host.assign(vm, Mode.LETS_GO, false);
        host.port.write(0x3000, 1);
        vm.exclusively(() -> vm.secondLevel().unmap(0x3000, PAGE));
        assertThat(host.port.write(0x3000, 1)).isFalse();
        vm.exclusively(device::fill);
        assertThat(host.port.write(0x3000, 2)).isTrue();
        assertThat(vm.memory().read(0x3000)).isEqualTo(2);
        device.check();
        vm.close();
        host.end();
    }

    @Test
    void pageRequestPinsWhatTheDeviceAsksFor() {
        AssignedDevice device = host.assign(vm, Mode.PAGE_REQUESTS, false);
        assertThat(vm.secondLevel().pins().pages()).isZero();
        assertThat(host.port.write(0x3000, 1)).isFalse();
        int group = host.port.requestPage(0x3000, true);
        int outside = host.port.requestPage(MEMORY, true);
        assertThat(device.serveRequests()).isEqualTo(2);
        assertThat(host.port.answer(group)).isTrue();
        assertThat(host.port.answer(outside)).isFalse();
        assertThat(host.port.write(0x3000, 1)).isTrue();
        assertThat(vm.secondLevel().pins().pages()).isOne();
        vm.close();
        host.end();
    }

    @Test
    void pageRequestsAreAnsweredByWhomTheDeviceIsAssignedTo() {
        VirtualMachine other = host.machine.create(vm.settings().withName("other"));
        DevicePort second = new DevicePort(host.unit, 0x0308, host.machine.host().contents(), 16);
        AssignedDevice first = host.assign(vm, Mode.PAGE_REQUESTS, true);
        AssignedDevice later =
                AssignedDevice.assign(other, second, host.domain(), Mode.PAGE_REQUESTS, true);
        int group = host.port.requestPage(3 * PAGE, true);
        int groupOfOther = second.requestPage(5 * PAGE, true);
        assertThat(later.serveRequests()).isEqualTo(1);
        assertThat(second.answer(groupOfOther)).isTrue();
        assertThat(host.port.answer(group)).isNull();
        assertThat(first.serveRequests()).isEqualTo(1);
        assertThat(host.port.answer(group)).isTrue();
        assertThat(first.pages()).isEqualTo(1);
        assertThat(later.pages()).isEqualTo(1);
        first.check();
        later.check();
        // What a device asks for that is not there any more is in nobody's way.
        int _ = second.requestPage(6 * PAGE, true);
        later.close();
        assertThat(host.unit.pageRequests().take(second.source())).isNull();
        first.close();
        host.end();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -4096, 2 << 20, Long.MAX_VALUE})
    void pageRequestsBeyondMemoryAreRefused(long address) {
        AssignedDevice device = host.assign(vm, Mode.PAGE_REQUESTS, true);
        int group = host.port.requestPage(address, true);
        assertThat(device.serveRequests()).isEqualTo(1);
        assertThat(host.port.answer(group)).isFalse();
        assertThat(device.pages()).isZero();
        device.close();
        host.end();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void mergingLeavesPinnedPagesAlone(Mode mode) {
        VirtualMachine other = host.vm();
        AssignedDevice device = host.assign(vm, mode, false);
        host.port.requestPage(0x3000, true);
        device.serveRequests();
        host.port.write(0x3000, 7);
        other.memory().write(0x3000, 7);
        vm.exclusively(() -> {
            assertThat(vm.secondLevel().merge(0x3000, other, 0x3000)).isFalse();
            assertThat(other.secondLevel().merge(0x3000, vm, 0x3000)).isFalse();
            assertThat(other.secondLevel().share(0x8000, vm, 0x3000, PageSize.SIZE_4K)).isFalse();
        });
        host.port.write(0x3000, 8);
        assertThat(other.memory().read(0x3000)).isEqualTo(7);
        device.check();
        vm.close();
        other.close();
        host.end();
    }

    @Test
    void forkHasCopiesOfWhatTheDeviceWrites() {
        AssignedDevice device = host.assign(vm, Mode.PINNED, false);
        host.port.write(0x3000, 7);
        try (FrozenMemory frozen = vm.freeze();
                VirtualMachine child = frozen.fork("child")) {
            host.port.write(0x3000, 8);
            assertThat(child.memory().read(0x3000)).isEqualTo(7);
            assertThat(vm.memory().read(0x3000)).isEqualTo(8);
            child.memory().write(0x3000, 9);
            assertThat(host.port.read(0x3000)).isEqualTo(8);
            device.check();
        }
        vm.close();
        host.end();
    }

    @Test
    void compactionAndCollapsingLeavePinnedPagesWhereTheyAre() {
        AssignedDevice device = host.assign(vm, Mode.PINNED, false);
        vm.exclusively(() -> {
            assertThat(vm.secondLevel().collapse(0, -1)).isEqualTo(-1);
            host.machine.host().compact(PageSize.SIZE_2M, 512);
        });
        device.check();
        vm.close();
        host.end();
    }

    @Test
    void processorsDirtyFlagsDoNotSeeDevicesAndThoseOfTheIommuDo() {
        for (DirtySource source : vm.dirtySources()) {
            for (boolean tracked : new boolean[] {false, true}) {
                AssignedDevice device = host.assign(vm, Mode.PINNED, tracked);
                try (DirtyPages dirty = vm.trackDirty(source)) {
                    host.port.write(0x3000, 1);
                    host.port.write(0x9000, 1);
                    PageSet found = new PageSet();
                    dirty.collect(found);
                    assertThat(found.size()).as("%s", source).isEqualTo(tracked ? 2 : 0);
                    found.clear();
                    dirty.collect(found);
                    assertThat(found.isEmpty()).isTrue();
                    host.port.write(0x3000, 2);
                    dirty.collect(found);
                    assertThat(found.contains(0x3000)).isEqualTo(tracked);
                }
                device.close();
            }
        }
        vm.close();
        host.end();
    }

    @Test
    void resetWhileWritesAreOnTheirWayLosesThemAndNothingElse() {
        AssignedDevice device = host.assign(vm, Mode.PINNED, false);
        host.port.write(0x3000, 1);
        host.port.post(0x3000, 2);
        host.port.reset();
        assertThat(vm.memory().read(0x3000)).isEqualTo(1);
        assertThat(host.port.write(0x4000, 3)).isTrue();
        device.close();
        vm.close();
        host.end();
    }
}
