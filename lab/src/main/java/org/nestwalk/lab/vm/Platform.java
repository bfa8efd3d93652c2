package org.nestwalk.lab.vm;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VirtualMachine;

/// A machine with one virtual machine on it and its hypervisor, made for one run; and what only
/// this kind of machine knows of the run.
interface Platform extends AutoCloseable {
    /// The virtual machine.
    VirtualMachine vm();

    /// What software costs there.
    SoftwareCosts costs();

    /// What its hypervisor does beside exits.
    List<BackgroundWork> background();

    /// The frequency, in GHz, of the cycles in which accounts are kept.
    double frequencyGHz();

    /// Accesses between two looks at all pages.
    ///
    /// @param total that will be made, if it is known
    long spacing(OptionalLong total);

    /// Called when the guest's kernel is there, and nothing runs yet.
    default void ready(GuestKernel kernel) {}

    /// Does `work`, and what it has others do, where it is to run.
    default <T> T inPlace(Supplier<T> work) {
        return work.get();
    }

    /// Called when the warm-up is over and counting begins.
    default void countingBegins() {}

    /// What only the simulated machine knows, since counting began.
    default VmResult.@Nullable Simulated simulated() {
        return null;
    }

    /// What only hardware knows.
    default VmResult.@Nullable Measured measured() {
        return null;
    }

    /// Called after a run, before [#close]: checks that no memory was lost, as far as that can be
    /// seen.
    ///
    /// @throws IllegalStateException if memory was lost or has two owners: an error of this program
    default void verify() {}

    /// Gives everything back, after a failure too.
    @Override
    void close();
}
