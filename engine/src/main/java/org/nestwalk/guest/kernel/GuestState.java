package org.nestwalk.guest.kernel;

import org.nestwalk.guest.ProgramOpener;
import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.state.VmState;

/// A virtual machine with all that runs in it, at one moment, as data.
///
/// @param vm what the machine knows
/// @param kernel what the guest's kernel knows, its tasks' programs and how far they are included
public record GuestState(VmState vm, KernelState kernel) {
    /// The state of the virtual machine that `kernel` runs on; both go on as they were.
    ///
    /// @throws org.nestwalk.InputException as [GuestKernel#save] and [VmState#save]
    public static GuestState save(GuestKernel kernel) {
        return kernel.vm()
                .exclusively(() -> new GuestState(VmState.save(kernel.vm()), kernel.save()));
    }

    /// Goes on in `machine`, none of whose CPUs has run yet.
    ///
    /// @param programs opens the programs of tasks again
    /// @return the kernel there
    /// @throws org.nestwalk.InputException as [VmState#restore] and [GuestKernel#restore]
    public GuestKernel restore(VirtualMachine machine, ProgramOpener programs) {
        vm.restore(machine);
        return GuestKernel.restore(machine, kernel, programs);
    }

    /// The state of the virtual machine that `kernel` runs on, but for its memory
    /// ([VmState#saveCpus]); both go on as they were.
    ///
    /// @throws org.nestwalk.InputException as [#save]
    public static GuestState saveCpus(GuestKernel kernel) {
        return kernel.vm()
                .exclusively(() -> new GuestState(VmState.saveCpus(kernel.vm()), kernel.save()));
    }

    /// Goes on in `machine`, which has the memory of this state already, and none of whose CPUs has
    /// run yet.
    ///
    /// @param programs opens the programs of tasks again
    /// @return the kernel there
    /// @throws org.nestwalk.InputException as [VmState#restoreCpus] and [GuestKernel#restore]
    public GuestKernel resume(VirtualMachine machine, ProgramOpener programs) {
        return resume(machine, programs, ArrivingMemory.ALL_THERE);
    }

    /// As [#resume(VirtualMachine,ProgramOpener)], in `machine`, of whose memory parts have yet to
    /// arrive.
    public GuestKernel resume(
            VirtualMachine machine, ProgramOpener programs, ArrivingMemory arriving) {
        vm.restoreCpus(machine);
        return GuestKernel.restore(machine, kernel, programs, arriving);
    }
}
