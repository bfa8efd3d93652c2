package org.nestwalk.lab.migration;

import org.nestwalk.InputException;
import org.nestwalk.machine.VmSettings;

/// The most that a guest that is offered may have for it to be taken: who offers it may be anybody,
/// and a virtual machine is made before a word of it has been proved.
///
/// @param memoryBytes of its memory
/// @param cpus virtual CPUs, of which each takes memory here (0.6 MiB on a simulated machine)
public record GuestLimits(long memoryBytes, int cpus) {
    /// Refuses what is above them.
    ///
    /// @throws InputException which says so
    public void check(VmSettings offered) {
        if (offered.memoryBytes() > memoryBytes) {
            throw new InputException(
                    "the guest has %,d bytes of memory; here are at most %,d taken"
                            .formatted(offered.memoryBytes(), memoryBytes));
        }
        if (offered.cpus() > cpus) {
            throw new InputException(
                    "the guest has %,d virtual CPUs; here are at most %,d taken"
                            .formatted(offered.cpus(), cpus));
        }
    }
}
