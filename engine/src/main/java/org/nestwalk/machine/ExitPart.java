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
}
