package org.nestwalk.hypervisor;

import org.nestwalk.machine.VirtualMachine;

/// How a virtual machine's memory gets host memory.
public interface BackingPolicy {
    /// Called once, before anything runs.
    ///
    /// @throws org.nestwalk.InputException if the policy cannot be kept, such as for lack of memory
    default void prepare(VirtualMachine vm) {}

    /// Backs the unbacked page at `gpa` for an access that waits for it.
    ///
    /// @return false if the host has no memory left
    boolean back(VirtualMachine vm, long gpa);
}
