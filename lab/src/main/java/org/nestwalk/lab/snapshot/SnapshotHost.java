package org.nestwalk.lab.snapshot;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.MachineModel;

/// Where a snapshot is taken or restored: a simulated processor, or this host's KVM.
///
/// @param model of the simulated processor; null for KVM
public record SnapshotHost(@Nullable MachineModel model) {
    private static final SoftwareCosts NO_COSTS = new SoftwareCosts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    private static final long UNIT = 4L << 20;
    private static final long OWN = 64L << 20;

    /// Whether time is simulated.
    public boolean isSimulated() {
        return model != null;
    }

    /// A machine with room for a virtual machine of `bytes`, and for copies of all its pages.
    ///
    /// @throws org.nestwalk.InputException if there is none
    Machine open(long bytes) {
        return model == null
                ? KvmMachine.open(KvmSettings.WATCHED)
                : new SimulatedMachine(
                        SimulatedSettings.of(model, 2 * bytes + OWN + UNIT - 1 & -UNIT));
    }

    SoftwareCosts costs() {
        return model == null ? NO_COSTS : SoftwareCosts.assumed(model.costs().exitCycles());
    }

    /// Simulated nanoseconds that the busiest CPU of `vm` has run.
    long nanos(VirtualMachine vm) {
        MachineModel simulated = Objects.requireNonNull(model);
        long most = 0;
        for (VirtualCpu cpu : vm.cpus()) {
            MmuCounts counts = cpu.walkCounts().orElseThrow();
            long cycles =
                    counts.accesses() * simulated.costs().accessCycles()
                            + counts.translationCycles()
                            + counts.dataCycles
                            + cpu.account().cycles();
            most = Math.max(most, cycles);
        }
        return (long) (most / simulated.costs().frequencyGHz());
    }
}
