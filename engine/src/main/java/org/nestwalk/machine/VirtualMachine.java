package org.nestwalk.machine;

import java.util.List;
import java.util.Optional;
import org.nestwalk.machine.topology.NodePlacement;

/// One virtual machine: memory, its second-level mapping, and CPUs.
///
/// Methods of a virtual machine and of its parts may be called by the thread of a virtual CPU from
/// handlers, and by other threads within [#exclusively].
public interface VirtualMachine extends AutoCloseable {
    /// What it was made with.
    VmSettings settings();

    /// Its memory as the hypervisor reads and writes it.
    GuestMemory memory();

    /// The mapping of its memory to the host's.
    SecondLevelMap secondLevel();

    /// Where it is on a machine with several nodes, with [Capability#NODES]; otherwise empty.
    default Optional<NodePlacement> placement() {
        return Optional.empty();
    }

    /// Its CPUs, by index.
    List<VirtualCpu> cpus();

    /// Sets who handles its exits. Until then every exit ends [VirtualCpu#run].
    void onExit(ExitHandler handler);

    /// Sets the software that exceptions enter. Until then every exception is an error.
    void onException(GuestSoftware software);

    /// Sets who is told of every exit when it has been handled.
    void observe(ExitObserver observer);

    /// What background work done for it, outside any exit of a CPU of its, has cost.
    Account background();

    /// Runs `work` while no CPU of the machine is in a guest; what it spends is charged to the
    /// [#background] account.
    void exclusively(Runnable work);

    /// The hypervisor has looked at its memory: charges that to whoever is served, as
    /// [Cost#HOST_SCANNING], where software's time is simulated. On real hardware it has passed.
    ///
    /// @param entries looked at, one for each page or hole of 4 KiB
    /// @param pages of 4 KiB read to see what they hold
    default void scanned(long entries, long pages) {}

    /// Stops its CPUs and gives all its memory back. May be called twice.
    @Override
    void close();
}
