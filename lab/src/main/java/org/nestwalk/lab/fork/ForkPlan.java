package org.nestwalk.lab.fork;

import org.jspecify.annotations.Nullable;
import org.nestwalk.mmu.model.ProcessorModel;

/// What is run, frozen and forked.
///
/// @param program what the guest runs
/// @param memoryBytes of each guest
/// @param cpus virtual CPUs of each guest, each of which runs the program
/// @param after accesses that the parent makes, on all CPUs, before it is frozen
/// @param children how many are made of it
/// @param seeds whether each child runs the program anew with a seed of its own, in the memory that
///   it has inherited; otherwise all go on where the parent was
/// @param threads that guests run on, side by side; simulated times depend on chance if these are
///   several
public record ForkPlan(
        String program,
        long memoryBytes,
        int cpus,
        long after,
        int children,
        boolean seeds,
        int threads) {
    /// The simulated machine that is to run it.
    ///
    /// @param model of its processors
    /// @param hostBytes its memory
    public record Simulated(ProcessorModel model, long hostBytes) {}

    static ForkHost open(@Nullable Simulated simulated) {
        return simulated == null
                ? ForkHost.kvm()
                : ForkHost.simulated(simulated.model(), simulated.hostBytes());
    }
}
