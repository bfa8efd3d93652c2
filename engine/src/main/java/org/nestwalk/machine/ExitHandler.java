package org.nestwalk.machine;

/// The hypervisor's side of a virtual machine: called on the thread of the virtual CPU that exits,
/// while no other CPU of the machine is in its guest.
@FunctionalInterface
public interface ExitHandler {
    /// Handles an exit.
    ///
    /// @return true to go on in the guest, which makes the access again; false to end
    ///   [VirtualCpu#run] with this exit
    boolean handle(VirtualCpu cpu, VmExit exit);
}
