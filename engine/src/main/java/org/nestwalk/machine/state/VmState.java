package org.nestwalk.machine.state;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;

/// All that a machine knows of a virtual machine, as data: what it takes to go on with it
/// elsewhere, or a second time. Needs [org.nestwalk.machine.Capability#SAVED_STATE].
///
/// What is cached of translations is no part of it, nor is anything that its hypervisor's parts
/// know: which pages are written, withheld or hinted is theirs to say again.
///
/// @param settings what it was made with
/// @param cpus by index
/// @param memory what it holds
/// @param background what background work has cost
public record VmState(
        VmSettings settings, List<SavedCpu> cpus, MemoryImage memory, AccountState background) {

    /// A CPU.
    ///
    /// @param state between two accesses
    /// @param account what its exits and software have cost
    public record SavedCpu(CpuState state, AccountState account) {}

    /// Checks that there is a state for each CPU.
    ///
    /// @throws InputException if not
    public VmState {
        cpus = List.copyOf(cpus);
        if (cpus.size() != settings.cpus()) {
            throw new InputException(
                    "the state of %s has %d CPUs, but its settings say %d"
                            .formatted(settings.name(), cpus.size(), settings.cpus()));
        }
    }

    /// The state of `vm` now; it goes on as it was.
    ///
    /// @throws InputException if its memory cannot be read by its hypervisor, or it has none
    public static VmState save(VirtualMachine vm) {
        requireReadable(vm.settings(), "saved");
        return vm.exclusively(() -> {
            vm.bringBackMemory();
            return of(vm, MemoryImage.of(vm));
        });
    }

    /// The state of `vm` now, but for its memory, which the caller keeps ([VirtualMachine#freeze]):
    /// [MemoryImage#NONE].
    ///
    /// @throws InputException as [#save]
    public static VmState saveCpus(VirtualMachine vm) {
        requireReadable(vm.settings(), "saved");
        return vm.exclusively(() -> of(vm, MemoryImage.NONE));
    }

    private static VmState of(VirtualMachine vm, MemoryImage memory) {
        List<SavedCpu> cpus = new ArrayList<>();
        for (VirtualCpu cpu : vm.cpus()) {
            cpus.add(new SavedCpu(cpu.state(), AccountState.of(cpu.account())));
        }
        return new VmState(vm.settings(), cpus, memory, AccountState.of(vm.background()));
    }

    /// Gives `vm`, none of whose CPUs has run yet, this state: memory first, then CPUs. Its name,
    /// its mode of translation and the machine that it is on are its own. Accounts are added to
    /// those of its CPUs: their cycles are of the clock of the machine that charged them.
    ///
    /// @throws InputException if it has other memory or CPUs, or its hypervisor cannot write its
    ///   memory
    /// @throws org.nestwalk.machine.GuestFailure if the host has no memory left
    public void restore(VirtualMachine vm) {
        requireFitting(vm);
        vm.exclusively(() -> {
            memory.restore(vm);
            restoreAll(vm);
        });
    }

    /// As [#restore], of a virtual machine that has the memory already
    /// ([org.nestwalk.machine.FrozenMemory#fork]).
    ///
    /// @throws InputException as [#restore]
    public void restoreCpus(VirtualMachine vm) {
        requireFitting(vm);
        vm.exclusively(() -> restoreAll(vm));
    }

    private void requireFitting(VirtualMachine vm) {
        requireReadable(vm.settings(), "restored");
        requireAsLarge(vm.settings());
    }

    private void restoreAll(VirtualMachine vm) {
        for (int i = 0; i < cpus.size(); i++) {
            vm.cpus().get(i).restore(cpus.get(i).state());
            vm.cpus().get(i).account().add(cpus.get(i).account().account());
        }
        vm.background().add(background.account());
    }

    private void requireAsLarge(VmSettings other) {
        if (other.cpus() != settings.cpus() || other.memoryBytes() != settings.memoryBytes()) {
            throw new InputException(
                    "%s has %d CPUs and %d bytes of memory; it can only go on in a virtual machine with as many, and %s has %d and %d"
                            .formatted(
                                    settings.name(),
                                    settings.cpus(),
                                    settings.memoryBytes(),
                                    other.name(),
                                    other.cpus(),
                                    other.memoryBytes()));
        }
    }

    private static void requireReadable(VmSettings settings, String what) {
        if (settings.protection() != Protection.NONE) {
            throw new InputException(
                    "%s cannot be %s: its memory is %s, and only the guest can read it; use one without protection"
                            .formatted(settings.name(), what, settings.protection().label()));
        }
        if (settings.mode() == TranslationMode.NATIVE) {
            throw new InputException(
                    "%s cannot be %s: in native mode there is no hypervisor that could; use nested or shadow paging"
                            .formatted(settings.name(), what));
        }
    }
}
