package org.nestwalk.lab.labs.integrity;

import java.util.List;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.guest.kernel.image.attack.DeviceMemory;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.lab.guarded.KernelWork;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.simulated.HostAccess;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Small guests to be attacked.
final class TrialGuests {
    static final ImageLayout LAYOUT = new ImageLayout(16, 4, 2, 8, 4, 1, 700, 7);
    static final KernelWork.Rates RATES = new KernelWork.Rates(2, 4, 1, 0.5, 0.05, 0.02);
    static final long PERIOD = 1_000_000;

    private TrialGuests() {}

    static SimulatedMachine machine(SecondLevelFormat format) {
        return new SimulatedMachine(
                SimulatedSettings.of(
                        TestMachines.of(format, List.of(), List.of(), null),
                        2 * GuardedGuest.memory(LAYOUT) + (8L << 20)));
    }

    /// A device of the simulated machine.
    static DeviceMemory device(SimulatedMachine machine, VirtualMachine vm) {
        HostAccess host = machine.hostAccess();
        return (gpa, value) -> {
            long hpa = host.frameOf(vm, gpa) & -4096;
            long[] words = host.read(hpa);
            words[(int) (gpa & 4095) / 8] = value;
            if (!host.write(hpa, words)) {
                throw new IllegalStateException("the frame is the guest's own");
            }
        };
    }
}
