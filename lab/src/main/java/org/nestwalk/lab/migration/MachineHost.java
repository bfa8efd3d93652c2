package org.nestwalk.lab.migration;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.guest.ProgramOpener;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.migration.live.GuestCpus;
import org.nestwalk.hypervisor.migration.live.GuestDrive;
import org.nestwalk.hypervisor.migration.live.GuestHost;
import org.nestwalk.lab.snapshot.StateText;
import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;

/// A machine that takes a guest of Nestwalk's kernel.
public final class MachineHost implements GuestHost {
    private final Machine machine;
    private final TranslationMode mode;
    private final BackingPolicy backing;
    private final ProgramOpener programs;
    private final BiFunction<VirtualMachine, GuestCpus, GuestDrive> drives;
    private @Nullable GuestKernel kernel;

    /// @param mode of translation of what arrives
    /// @param backing of memory that the guest has not touched yet: by pages of 4 KiB, if any of
    ///   its memory may arrive after it
    /// @param programs opens what its tasks run
    /// @param drives makes what drives the guest
    public MachineHost(
            Machine machine,
            TranslationMode mode,
            BackingPolicy backing,
            ProgramOpener programs,
            BiFunction<VirtualMachine, GuestCpus, GuestDrive> drives) {
        this.machine = machine;
        this.mode = mode;
        this.backing = backing;
        this.programs = programs;
        this.drives = drives;
    }

    @Override
    public VirtualMachine create(VmSettings settings, String from) {
        if (!machine.capabilities().contains(Capability.SAVED_STATE)) {
            throw new InputException(
                    "no guest can go on on the machine %s".formatted(machine.name()));
        }
        return machine.create(
                new VmSettings(
                        settings.name(),
                        settings.memoryBytes(),
                        settings.cpus(),
                        mode,
                        settings.protection()));
    }

    @Override
    public GuestDrive resume(VirtualMachine vm, byte[] state, ArrivingMemory arriving) {
        if (!arriving.equals(ArrivingMemory.ALL_THERE)
                && !machine.capabilities().contains(Capability.VIOLATION_EXITS)) {
            throw new InputException(
                    "no guest can go on before its memory is there on the machine %s, as it is set up"
                            .formatted(machine.name()));
        }
        Hypervisor _ = Hypervisor.start(vm, backing);
        GuestKernel made = kernelOf(vm, state, arriving);
        kernel = made;
        return drives.apply(vm, new KernelGuest(made));
    }

    private GuestKernel kernelOf(VirtualMachine vm, byte[] state, ArrivingMemory arriving) {
        try {
            return StateText.read(state, "the guest that arrives").resume(vm, programs, arriving);
        } catch (InputException | GuestFailure e) {
            throw e;
        } catch (RuntimeException e) {
            // Whoever is at the other end may send anything, and no check of the state's parts has
            // to know all of what they can say together.
            throw new InputException("the state of the guest that arrives makes no sense", e);
        }
    }

    /// The kernel of the guest that has arrived; null before.
    public @Nullable GuestKernel kernel() {
        return kernel;
    }
}
