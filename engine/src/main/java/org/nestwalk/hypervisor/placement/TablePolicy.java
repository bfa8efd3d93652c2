package org.nestwalk.hypervisor.placement;

import org.nestwalk.machine.VirtualMachine;

/// Where second-level tables are. Without one they stay on the nodes of the CPUs whose violations
/// made them.
@FunctionalInterface
public interface TablePolicy {
    /// Puts the tables of `vm` where they belong while its CPUs are where they are now: to be
    /// called [exclusively][VirtualMachine#exclusively], once at the start and whenever a CPU has
    /// moved.
    ///
    /// @throws org.nestwalk.InputException if its machine has no nodes
    /// @throws org.nestwalk.machine.GuestFailure if there is no memory for them
    void settle(VirtualMachine vm);
}
