package org.nestwalk.hypervisor;

/// How eagerly small pages are made large, as `/sys/kernel/mm/transparent_hugepage/khugepaged` sets
/// it.
///
/// @param pagesToScan 4-KiB pages looked at each time it wakes up
/// @param scanSleepNanos time asleep between that, in simulated nanoseconds
/// @param allocSleepNanos time asleep after no large page could be had
/// @param maxPtesNone how many of the 512 small pages of a large one may be missing, 0 to 511
/// @param compactionMoves pages that may be moved to make one free block; 0 to move none
public record CollapseSettings(
        int pagesToScan,
        long scanSleepNanos,
        long allocSleepNanos,
        int maxPtesNone,
        int compactionMoves) {
    /// Linux's defaults: 4096 pages, 10 s, 60 s, 511 (Documentation/admin-guide/mm/transhuge.rst);
    /// it compacts (`defrag` is 1), for which a limit of half a block is assumed.
    public static final CollapseSettings LINUX =
            new CollapseSettings(4096, 10_000_000_000L, 60_000_000_000L, 511, 256);

    /// The same, `factor` times as often.
    public CollapseSettings faster(double factor) {
        return new CollapseSettings(
                pagesToScan,
                (long) (scanSleepNanos / factor),
                (long) (allocSleepNanos / factor),
                maxPtesNone,
                compactionMoves);
    }
}
