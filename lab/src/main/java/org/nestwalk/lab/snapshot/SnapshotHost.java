package org.nestwalk.lab.snapshot;

import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;

/// Where a snapshot is taken or restored: a simulated processor, or this host's KVM.
///
/// @param model of the simulated processor; null for KVM
public record SnapshotHost(@Nullable ProcessorModel model) {
    private static final long UNIT = 4L << 20;
    private static final long OWN = 64L << 20;

    /// Whether time is simulated.
    public boolean isSimulated() {
        return model != null;
    }

    /// A machine with room for a virtual machine of `bytes`, and for copies of all its pages, that
    /// can be frozen.
    ///
    /// @throws org.nestwalk.InputException if there is none
    Machine openToFreeze(long bytes) {
        return open(bytes, KvmSettings.FORKABLE);
    }

    /// A machine with room for a virtual machine of `bytes`, and for copies of all its pages, whose
    /// memory can be loaded as it is touched.
    ///
    /// @throws org.nestwalk.InputException if there is none
    Machine openToLoad(long bytes) {
        return open(bytes, KvmSettings.LAZY);
    }

    /// A machine with room for a virtual machine of `bytes`, and for copies of all its pages.
    ///
    /// @param settings of its virtual machines if it is KVM
    /// @throws org.nestwalk.InputException if there is none
    public Machine open(long bytes, KvmSettings settings) {
        return model == null
                ? KvmMachine.open(settings)
                : new SimulatedMachine(
                        SimulatedSettings.of(model, 2 * bytes + OWN + UNIT - 1 & -UNIT));
    }

    /// Cycles of accounts in a nanosecond; 0 where times are measured.
    double gigahertz() {
        return model == null ? 0 : model.costs().frequencyGHz();
    }

    /// What software costs there.
    public SoftwareCosts costs() {
        return model == null
                ? SoftwareCosts.NONE
                : SoftwareCosts.assumed(model.costs().exitCycles());
    }

    /// Nanoseconds that the busiest CPU of `vm` has run.
    static long nanos(VirtualMachine vm) {
        return vm.cpus().stream().mapToLong(VirtualCpu::nanoseconds).max().orElse(0);
    }
}
