package org.nestwalk.hypervisor.devices;

import org.jspecify.annotations.Nullable;
import org.nestwalk.iommu.RemappingUnit;
import org.nestwalk.iommu.UnitSettings;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.device.DevicePort;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// A small machine with an IOMMU, a device and its driver.
final class DeviceHost {
    static final int DEVICE = 0x0300;
    static final long MEMORY = 2L << 20;
    static final long PAGE = 4096;

    final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 16L << 20));
    final RemappingUnit unit;
    final DevicePort port;
    final IommuDriver driver;
    final DmaChecker checker = new DmaChecker();

    DeviceHost() {
        this(UnitSettings.of(16L << 20), 0);
    }

    DeviceHost(UnitSettings settings, int deviceTlb) {
        unit = new RemappingUnit(settings, machine.host().contents());
        port = new DevicePort(unit, DEVICE, machine.host().contents(), deviceTlb);
        driver = new IommuDriver(unit, machine.host(), true, DriverCosts.ASSUMED);
    }

    VirtualMachine vm() {
        return machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
    }

    DeviceDomain domain() {
        return domain(UnmapOrder.RIGHT, checker);
    }

    DeviceDomain domain(UnmapOrder order, @Nullable DmaChecker checker) {
        return new DeviceDomain(driver, order, checker);
    }

    AssignedDevice assign(VirtualMachine vm, AssignedDevice.Mode mode, boolean tracked) {
        return AssignedDevice.assign(vm, port, domain(), mode, tracked);
    }

    /// All is given back.
    void end() {
        driver.close();
        machine.closeAndVerify();
    }
}
