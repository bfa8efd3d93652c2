package org.nestwalk.machine;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.topology.NodePlacement;

/// One virtual machine: memory, its second-level mapping, and CPUs.
///
/// Methods of a virtual machine and of its parts may be called by the thread of a virtual CPU from
/// handlers, and by other threads within [#exclusively].
public interface VirtualMachine extends AutoCloseable {
    /// The settings it was made with.
    VmSettings settings();

    /// Its generation: another than that of every other virtual machine of its machine, whether
    /// made new, forked or restored. A guest that finds it changed is a clone, and must not go on
    /// with what makes it single, random numbers first of all (as by Microsoft's "Virtual Machine
    /// Generation ID", 2012, and Linux's `drivers/virt/vmgenid.c`).
    long generation();

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

    /// The sources that can find the pages that the guest writes.
    Set<DirtySource> dirtySources();

    /// Starts tracking which pages are written.
    ///
    /// @throws UnsupportedOperationException if `source` is none of [#dirtySources]
    DirtyPages trackDirty(DirtySource source);

    /// Has what devices write be found by all who track this virtual machine, from now on:
    /// [DirtyPages] are those of devices, too.
    default void addDeviceWrites(DeviceWrites writes) {
        throw new UnsupportedOperationException("this machine has no devices");
    }

    /// Takes that back.
    default void removeDeviceWrites(DeviceWrites writes) {}

    /// Sets the software that exceptions enter. Until then every exception is an error.
    void onException(GuestSoftware software);

    /// Sets the observer of exits, which receives each after it was handled.
    void observe(ExitObserver observer);

    /// The cycles of background work for it, outside the exits of its CPUs.
    Account background();

    /// Runs `work` while no CPU of the machine is in a guest; what it spends is charged to the
    /// [#background] account.
    void exclusively(Runnable work);

    /// Runs `work` as [#exclusively(Runnable)] does.
    ///
    /// @return its result
    default <T> T exclusively(Supplier<T> work) {
        AtomicReference<@Nullable T> result = new AtomicReference<>();
        exclusively(() -> result.set(work.get()));
        return Objects.requireNonNull(result.get());
    }

    /// Runs `reading`, which reads memory of which no part is kept elsewhere ([#bringBackMemory])
    /// and does nothing else, while CPUs may be in the guest and write to it: of a page that is
    /// written meanwhile some words may be read as they were, and some as they are. A machine that
    /// cannot do so runs it [exclusively][#exclusively].
    default void beside(Runnable reading) {
        exclusively(reading);
    }

    /// The hypervisor has looked at its memory: charges that to whoever is served, as
    /// [Cost#HOST_SCANNING], where software's time is simulated. On real hardware it has passed.
    ///
    /// @param entries looked at, one for each page or hole of 4 KiB
    /// @param pages of 4 KiB read to see what they hold
    default void scanned(long entries, long pages) {}

    /// Has all parts of its hypervisor bring back what they keep elsewhere of its memory
    /// ([ExitPart#bringBack]), so that whoever reads it finds all of it. [#freeze] and
    /// [org.nestwalk.machine.state.VmState#save] do so first.
    ///
    /// @throws GuestFailure if the host has no memory for that
    void bringBackMemory();

    /// Freezes what its memory holds now, in time that does not depend on how much of it is backed,
    /// and goes on: from now on each page is copied when it is first written.
    ///
    /// @throws UnsupportedOperationException without [Capability#FORK], in native mode, or if its
    ///   memory is encrypted
    default FrozenMemory freeze() {
        throw new UnsupportedOperationException("this machine freezes no memory");
    }

    /// Stops its CPUs and gives all its memory back. May be called twice.
    @Override
    void close();
}
