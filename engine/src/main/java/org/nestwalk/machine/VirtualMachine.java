package org.nestwalk.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
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

    /// Adds a part to its hypervisor, behind those that are there: an exit is offered to the parts
    /// in this order until one takes it. Accesses that are refused because of a [RightsClaim] go to
    /// the claim's owner, whether it is attached or not. An exit that nobody takes ends
    /// [VirtualCpu#run] with a failure; but a kick just ends it, and an unknown hypercall is
    /// answered as such.
    void attach(ExitPart part);

    /// Removes a part; nothing happens if it is not there.
    void detach(ExitPart part);

    /// A claim on the rights that the guest has on its pages, which withholds nothing yet.
    ///
    /// @param owner is asked about accesses that the claim refuses
    /// @throws UnsupportedOperationException if there is no second level
    RightsClaim claim(ExitPart owner);

    /// What can find the pages that the guest writes.
    Set<DirtySource> dirtySources();

    /// Tracks the pages that are written from now on.
    ///
    /// @throws UnsupportedOperationException if `source` is none of [#dirtySources]
    DirtyPages trackDirty(DirtySource source);

    /// Sets the software that exceptions enter. Until then every exception is an error.
    void onException(GuestSoftware software);

    /// Sets who is told of every exit when it has been handled.
    void observe(ExitObserver observer);

    /// What background work done for it, outside any exit of a CPU of its, has cost.
    Account background();

    /// Runs `work` while no CPU of the machine is in a guest; what it spends is charged to the
    /// [#background] account.
    void exclusively(Runnable work);

    /// As [#exclusively(Runnable)].
    ///
    /// @return what `work` returns
    default <T> T exclusively(Supplier<T> work) {
        List<T> result = new ArrayList<>(1);
        exclusively(() -> {
            result.add(work.get());
        });
        return result.getFirst();
    }

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
