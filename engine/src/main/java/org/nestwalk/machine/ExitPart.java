package org.nestwalk.machine;

/// One part of a hypervisor: it is offered the exits of a virtual machine and takes those that are
/// its business. Several parts live on one machine without knowing of each other.
///
/// Called on the thread of the virtual CPU that exits, while no other CPU of the machine is in its
/// guest.
///
/// @see VirtualMachine#attach who is asked, in which order
@FunctionalInterface
public interface ExitPart {
    /// Handles an exit, or leaves it to others.
    Verdict handle(VirtualCpu cpu, VmExit exit);

    /// Brings back all memory of the virtual machine that it keeps elsewhere, as a patch or in a
    /// file: all of it is about to be frozen or saved. Called while no CPU is in its guest.
    ///
    /// @throws GuestFailure if the host has no memory for it
    /// @throws org.nestwalk.InputException if it cannot be read
    default void bringBack() {}
}
