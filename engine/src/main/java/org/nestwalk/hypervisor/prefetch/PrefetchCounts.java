package org.nestwalk.hypervisor.prefetch;

/// What came of hints.
///
/// @param calls hypercalls
/// @param refused of those, how many asked for what cannot be: a range beyond memory, not of whole
///   pages, or flags that nobody knows
/// @param capped of those, how many the allowance or the queue turned away or cut short
/// @param looked 4-KiB pages looked at
/// @param backed 4-KiB pages backed by a call, or beside the guest
/// @param beside of those, how many beside the guest
/// @param there pages that were backed already when it was their turn
/// @param lost pages for which the host had no memory
public record PrefetchCounts(
        long calls,
        long refused,
        long capped,
        long looked,
        long backed,
        long beside,
        long there,
        long lost) {}
