package org.nestwalk.machine;

import java.util.Set;

/// Something that runs virtual machines.
public interface Machine extends AutoCloseable {
    /// The name in reports: `simulated`, `kvm`.
    String name();

    /// Its abilities beyond the minimum of the interface.
    Set<Capability> capabilities();

    /// A new virtual machine with all its memory unbacked and its CPUs stopped.
    ///
    /// @throws org.nestwalk.InputException if the machine cannot run such a one
    VirtualMachine create(VmSettings settings);

    /// The memory that backs its virtual machines.
    HostMemory host();

    /// Closes all virtual machines and releases everything.
    @Override
    void close();
}
