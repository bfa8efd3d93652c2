package org.nestwalk.lab.vm;

import org.jspecify.annotations.Nullable;

/// How programs run in a guest.
///
/// @param quantum accesses of a virtual CPU's turn, and of a task's
/// @param parallel whether virtual CPUs run on threads of their own, at the cost of reproducible
///   cycles
/// @param contents whether programs' data is kept, so that their checksums can be verified
/// @param limit most accesses of each task, or [Long#MAX_VALUE]
/// @param warmup accesses of each virtual CPU at the start that are made but not counted
/// @param seed of fragmentation, random replacement, keys and samples
/// @param dirtyRate how the rate of written pages is metered; null if it is not
public record RunOptions(
        int quantum,
        boolean parallel,
        boolean contents,
        long limit,
        long warmup,
        long seed,
        @Nullable DirtyRateOptions dirtyRate) {
    /// The same with turns of so many accesses.
    public RunOptions withQuantum(int accesses) {
        return new RunOptions(accesses, parallel, contents, limit, warmup, seed, dirtyRate);
    }

    /// The same, on a thread for each virtual CPU or not.
    public RunOptions inParallel(boolean on) {
        return new RunOptions(quantum, on, contents, limit, warmup, seed, dirtyRate);
    }

    /// The same without programs' data.
    public RunOptions withoutContents() {
        return new RunOptions(quantum, parallel, false, limit, warmup, seed, dirtyRate);
    }

    /// The same with at most so many accesses of each task.
    public RunOptions withLimit(long accesses) {
        return new RunOptions(quantum, parallel, contents, accesses, warmup, seed, dirtyRate);
    }

    /// The same, of which so many accesses of each virtual CPU at the start are not counted.
    public RunOptions withWarmup(long accesses) {
        return new RunOptions(quantum, parallel, contents, limit, accesses, seed, dirtyRate);
    }

    /// The same with a meter of written pages.
    public RunOptions with(DirtyRateOptions meter) {
        return new RunOptions(quantum, parallel, contents, limit, warmup, seed, meter);
    }
}
