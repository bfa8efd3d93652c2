package org.nestwalk.guest.kernel;

import org.nestwalk.machine.VirtualMachine;

/// The machines on which the kernel is tested.
enum Machines {
    /// [FlatMachine].
    FLAT {
        @Override
        VirtualMachine create(long bytes, int cpus) {
            return new FlatMachine(bytes, cpus);
        }
    };

    /// A virtual machine with `bytes` of memory.
    abstract VirtualMachine create(long bytes, int cpus);
}
