package org.nestwalk.hypervisor.migration.live;

import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;

/// Where guests arrive.
public interface GuestHost {
    /// A virtual machine for a guest that is offered, with none of its memory backed and no part of
    /// a hypervisor. Whoever gets it closes it.
    ///
    /// @param settings those of the guest where it comes from, whose mode of translation need not
    ///   be this machine's
    /// @param machine the name of the machine that it comes from
    /// @throws org.nestwalk.InputException if there is none to be had for it
    VirtualMachine create(VmSettings settings, String machine);

    /// Puts the guest together that `state` is of: all of it is checked, and nothing runs.
    ///
    /// @param vm from [#create], with the guest's memory
    /// @param arriving what of its memory is not there yet
    /// @return drives the guest, which stands still
    /// @throws org.nestwalk.InputException if it is no state of a guest with that memory
    /// @throws org.nestwalk.machine.GuestFailure if the host has no memory left
    GuestDrive resume(VirtualMachine vm, byte[] state, ArrivingMemory arriving);
}
