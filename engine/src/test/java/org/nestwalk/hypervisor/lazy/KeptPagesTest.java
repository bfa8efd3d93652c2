package org.nestwalk.hypervisor.lazy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.CollapseSettings;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.HostKhugepaged;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.Misaligned;
import org.nestwalk.hypervisor.devices.AssignedDevice;
import org.nestwalk.hypervisor.devices.DeviceDomain;
import org.nestwalk.hypervisor.devices.DmaChecker;
import org.nestwalk.hypervisor.devices.DriverCosts;
import org.nestwalk.hypervisor.devices.IommuDriver;
import org.nestwalk.hypervisor.devices.UnmapOrder;
import org.nestwalk.hypervisor.layout.Granule;
import org.nestwalk.hypervisor.layout.RandomLayout;
import org.nestwalk.hypervisor.prefetch.FaultAround;
import org.nestwalk.hypervisor.prefetch.StrideDetection;
import org.nestwalk.iommu.RemappingUnit;
import org.nestwalk.iommu.UnitSettings;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.device.DevicePort;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

/// Memory that has not been loaded yet, and everybody who backs memory around it: nobody hides what
/// is kept elsewhere behind zeroes.
class KeptPagesTest {
    private static final long MEMORY = 8L << 20;
    private static final long PAGE = 4096;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 32 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));

    /// Every third page holds its own address.
    private static final PageStore STORE =
            new PageStore() {
                @Override
                public boolean has(long gpa) {
                    return gpa / PAGE % 3 == 0;
                }

                @Override
                public long read(long gpa, long[] words) {
                    Arrays.fill(words, gpa);
                    return PAGE;
                }

                @Override
                public void pages(PageSet into) {
                    for (long gpa = 0; gpa < MEMORY; gpa += 3 * PAGE) {
                        into.add(gpa, PAGE);
                    }
                }
            };

    private static long expected(long gpa) {
        return STORE.has(gpa & -PAGE) ? gpa & -PAGE : 0;
    }

    private LazyMemory start(BackingPolicy others) {
        LazyMemory lazy = new LazyMemory(vm, STORE, new StorageCosts(1, 1));
        vm.attach(lazy);
        Hypervisor _ = Hypervisor.start(vm, others);
        return lazy;
    }

    private void touch(int count, long seed) {
        KernelCpu cpu = vm.cpus().getFirst().kernel();
        Xoshiro256 random = new Xoshiro256(seed);
        for (int i = 0; i < count; i++) {
            long gpa = random.nextBelow(MEMORY / 8) * 8;
            assertThat(cpu.load(gpa)).as("0x%x", gpa).isEqualTo(expected(gpa));
        }
    }

    private void requireAll() {
        for (long gpa = 0; gpa < MEMORY; gpa += PAGE) {
            assertThat(vm.memory().read(gpa)).as("0x%x", gpa).isEqualTo(expected(gpa));
        }
        machine.checkInvariants();
    }

    @Test
    void whoBacksMoreThanWhatIsTouchedHidesNothing() {
        List<Function<SimulatedMachine, BackingPolicy>> policies =
                List.of(
                        _ -> new FirstTouch(PageSize.SIZE_2M),
                        _ -> new FaultAround(64),
                        _ -> new StrideDetection(64),
                        _ -> new Misaligned(),
                        one -> new RandomLayout(one.host(), Granule.SMALL, 7, true),
                        one -> new RandomLayout(one.host(), Granule.MEDIUM, 7, false),
                        one -> new RandomLayout(one.host(), Granule.LARGE, 7, false));
        for (Function<SimulatedMachine, BackingPolicy> policy : policies) {
            KeptPagesTest one = new KeptPagesTest();
            BackingPolicy backing = policy.apply(one.machine);
            LazyMemory _ = one.start(backing);
            one.touch(300, 5);
            if (backing instanceof RandomLayout layout) {
                long _ = layout.rerandomise();
            }
            one.touch(300, 6);
            one.requireAll();
            if (backing instanceof RandomLayout layout) {
                layout.close();
            }
            one.machine.closeAndVerify();
        }
        machine.closeAndVerify();
    }

    @Test
    void smallPagesBecomeALargeOneWhenAllOfItHasBeenLoaded() {
        LazyMemory lazy = start(new FirstTouch(PageSize.SIZE_4K));
        HostKhugepaged khugepaged =
                new HostKhugepaged(vm, machine.host(), new CollapseSettings(4096, 1, 1, 511, 0));
        touch(500, 5);
        khugepaged.tick(10);
        assertThat(khugepaged.collapsed()).isZero();
        touch(500, 6);
        lazy.tick(Long.MAX_VALUE / 2);
        khugepaged.tick(20);
        assertThat(khugepaged.collapsed()).isEqualTo(MEMORY >> 21);
        requireAll();
        machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource(AssignedDevice.Mode.class)
    void aDeviceFindsWhatHasNotArrivedYetAndWhatItWritesStays(AssignedDevice.Mode mode) {
        LazyMemory lazy = start(new FirstTouch(PageSize.SIZE_4K));
        RemappingUnit unit =
                new RemappingUnit(UnitSettings.of(32 * MEMORY), machine.host().contents());
        IommuDriver driver = new IommuDriver(unit, machine.host(), true, DriverCosts.ASSUMED);
        DevicePort port = new DevicePort(unit, 0x0300, machine.host().contents(), 16);
        touch(100, 5);
        AssignedDevice device =
                AssignedDevice.assign(
                        vm,
                        port,
                        new DeviceDomain(driver, UnmapOrder.RIGHT, new DmaChecker()),
                        mode,
                        true);
        for (long gpa = 0; gpa < MEMORY; gpa += 17 * PAGE) {
            if (mode == AssignedDevice.Mode.PAGE_REQUESTS) {
                int _ = port.requestPage(gpa, true);
                assertThat(device.serveRequests()).isEqualTo(1);
            }
            assertThat(port.read(gpa)).isEqualTo(expected(gpa));
            assertThat(port.write(gpa + 8, ~gpa)).isTrue();
        }
        vm.exclusively(() -> lazy.bringBack());
        device.check();
        for (long gpa = 0; gpa < MEMORY; gpa += 17 * PAGE) {
            assertThat(vm.memory().read(gpa + 8)).isEqualTo(~gpa);
        }
        requireAll();
        device.close();
        driver.close();
        machine.closeAndVerify();
    }
}
