package org.nestwalk.hypervisor.migration.live;

/// What runs in a guest's virtual CPUs, as far as a migration has to do with it: its kernel and
/// programs, which are no business of a hypervisor.
public interface GuestCpus {
    /// Runs a CPU for up to `quantum` accesses, or until it is kicked.
    ///
    /// @return whether it has more to do
    /// @throws org.nestwalk.InputException if the guest cannot go on
    /// @throws org.nestwalk.machine.GuestFailure likewise
    boolean run(int cpu, int quantum);

    /// All of the guest but its memory, while no CPU runs.
    ///
    /// @throws org.nestwalk.InputException if it cannot be told
    byte[] state();
}
