package org.nestwalk.lab.labs.integrity;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.guest.kernel.image.attack.DeviceMemory;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.simulated.HostAccess;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;

/// What guarded guests run on, and who can guard and attack them there.
///
/// @param model of the simulated machine's processor; null for this host's KVM
/// @param source of written pages, on KVM
record GuardGround(@Nullable ProcessorModel model, DirtySource source) {
    /// The simulated machine.
    static GuardGround of(ProcessorModel model) {
        return new GuardGround(model, DirtySource.LOG);
    }

    /// Whether cycles are counted; otherwise time is measured.
    boolean isSimulated() {
        return model != null;
    }

    /// A machine for one such guest.
    Machine machine(ImageLayout layout) {
        if (model == null) {
            return KvmMachine.open(
                    new KvmSettings(
                            KvmSettings.Backing.SHARED, false, true, KvmSettings.Dirty.of(source)));
        }
        long bytes = GuardedGuest.memory(layout);
        return new SimulatedMachine(
                SimulatedSettings.of(model, bytes + bytes / 8 + (8L << 20) & -(4L << 20)));
    }

    /// Who can guard code here: KVM grants programs no rights on parts of pages, nor lets flags
    /// through to tables that are guarded, and follows what a guest does to its tables by itself.
    List<Guard> guards() {
        return model != null
                ? List.of(Guard.values())
                : List.of(Guard.NONE, Guard.PROTECTION, Guard.LOG, Guard.HYBRID, Guard.HASHING);
    }

    /// What can be tried here: no device is assigned on KVM.
    List<Attack> attacks() {
        return List.of(Attack.values()).stream()
                .filter(attack -> model != null || attack != Attack.DEVICE)
                .toList();
    }

    /// A device of the machine, which writes past everybody, where there can be one.
    static DeviceMemory device(Machine machine, VirtualMachine vm) {
        if (!(machine instanceof SimulatedMachine simulated)) {
            return (gpa, value) -> {
                throw new IllegalStateException("no device is assigned here");
            };
        }
        HostAccess host = simulated.hostAccess();
        return (gpa, value) -> {
            long frame = host.frameOf(vm, gpa) & -4096;
            long[] words = host.read(frame);
            words[(int) (gpa & 4095) / Long.BYTES] = value;
            boolean _ = host.write(frame, words);
        };
    }

    /// Cycles that `guest` has taken, or nanoseconds where cycles are not counted.
    long spent(GuardedGuest guest) {
        return model == null ? System.nanoTime() : guest.cycles(model.costs().accessCycles());
    }
}
