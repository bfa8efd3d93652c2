package org.nestwalk.lab.compare;

import java.util.List;
import org.nestwalk.mmu.model.ProcessorModel;

/// What a comparison is asked to do.
///
/// @param machine the processor
/// @param setups names of the setups, as [org.nestwalk.lab.setup.Setups#parse] takes them
/// @param limit most accesses to run, or [Long#MAX_VALUE]
/// @param warmup accesses at the start that fill TLBs and caches but are not counted
/// @param interval accesses between intermediate results, or 0 for none
/// @param seed seed of frame layouts and random replacement
/// @param guestLayout layout of guest-physical memory
/// @param hostLayout layout of host-physical memory
/// @param guestLevels levels of guest and native tables, 4 or 5
/// @param hostLevels levels of second-level tables, 4 or 5
/// @param threads worker threads, at least 1; results do not depend on it
public record CompareOptions(
        ProcessorModel machine,
        List<String> setups,
        long limit,
        long warmup,
        long interval,
        long seed,
        String guestLayout,
        String hostLayout,
        int guestLevels,
        int hostLevels,
        int threads) {
    /// Copies the list.
    public CompareOptions {
        setups = List.copyOf(setups);
    }

    /// The same on so many worker threads.
    public CompareOptions onThreads(int workers) {
        return new CompareOptions(
                machine,
                setups,
                limit,
                warmup,
                interval,
                seed,
                guestLayout,
                hostLayout,
                guestLevels,
                hostLevels,
                workers);
    }

    /// The same on another machine.
    public CompareOptions on(ProcessorModel other) {
        return new CompareOptions(
                other,
                setups,
                limit,
                warmup,
                interval,
                seed,
                guestLayout,
                hostLayout,
                guestLevels,
                hostLevels,
                threads);
    }

    /// Whether `other` takes the same accesses of a workload, and counts the same of them, so that
    /// both can be made in one pass.
    public boolean isSchedule(CompareOptions other) {
        return limit == other.limit
                && warmup == other.warmup
                && interval == other.interval
                && guestLevels == other.guestLevels;
    }
}
