package org.nestwalk.lab.devices;

import org.nestwalk.hypervisor.devices.DeviceDomain;
import org.nestwalk.hypervisor.devices.DmaChecker;
import org.nestwalk.hypervisor.devices.DriverCosts;
import org.nestwalk.hypervisor.devices.IommuDriver;
import org.nestwalk.hypervisor.devices.UnmapOrder;
import org.nestwalk.iommu.RemappingUnit;
import org.nestwalk.iommu.UnitSettings;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.device.DevicePort;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;

/// A simulated machine with an IOMMU, a device and its driver, all of whose DMA is checked.
public final class DeviceBench implements AutoCloseable {
    /// Bus 3, device 0, function 0.
    public static final int DEVICE = 0x0300;

    private final SimulatedMachine machine;
    private final RemappingUnit unit;
    private final DevicePort port;
    private final IommuDriver driver;
    private final DmaChecker checker = new DmaChecker();

    /// @param bytes of the machine's memory
    /// @param iotlb entries of the unit's IOTLB
    /// @param deviceTlb entries of the device's own; 0 for none
    public DeviceBench(
            ProcessorModel model, long bytes, int iotlb, int deviceTlb, DriverCosts costs) {
        machine = new SimulatedMachine(SimulatedSettings.of(model, bytes));
        unit =
                new RemappingUnit(
                        UnitSettings.of(bytes).withIotlb(iotlb), machine.host().contents());
        port = new DevicePort(unit, DEVICE, machine.host().contents(), deviceTlb);
        driver = new IommuDriver(unit, machine.host(), true, costs);
    }

    /// The host's memory.
    public HostMemory host() {
        return machine.host();
    }

    /// A virtual machine with nothing backed.
    public VirtualMachine vm(String name, long bytes) {
        return machine.create(new VmSettings(name, bytes, 1, TranslationMode.NESTED));
    }

    /// The unit.
    public RemappingUnit unit() {
        return unit;
    }

    /// The device.
    public DevicePort port() {
        return port;
    }

    /// The unit's driver.
    public IommuDriver driver() {
        return driver;
    }

    /// Sees every access of the device.
    public DmaChecker checker() {
        return checker;
    }

    /// A domain with nothing in it, whose mappings go in the right order.
    public DeviceDomain domain() {
        return domain(UnmapOrder.RIGHT);
    }

    /// A domain with nothing in it.
    public DeviceDomain domain(UnmapOrder order) {
        return new DeviceDomain(driver, order, checker);
    }

    /// A domain whose device is not checked, as addresses go through two stages.
    public DeviceDomain uncheckedDomain() {
        return new DeviceDomain(driver, UnmapOrder.RIGHT, null);
    }

    @Override
    public void close() {
        machine.close();
    }
}
