package org.nestwalk.hypervisor.prefetch;

/// What a guest may have by asking for it ([Prefetcher]): a hint comes from somebody who is not
/// trusted. All are assumptions, meant to be varied.
///
/// @param chunkPages pages of 4 KiB that one call looks at before it returns, 1 or more: how long a
///   guest's CPU is kept from interrupts, and what one call can cost
/// @param burstPages pages that a guest may have prefetched at once
/// @param pagesPerSecond by which that is made good again, in simulated seconds
/// @param mostQueued ranges that wait to be backed beside the guest
public record PrefetchSettings(
        int chunkPages, long burstPages, long pagesPerSecond, int mostQueued) {
    /// 2 MiB a call, 256 MiB at once, 1 GiB a second, 64 ranges.
    public static final PrefetchSettings DEFAULT =
            new PrefetchSettings(512, 1L << 16, 1L << 18, 64);

    /// Checks the bounds above.
    ///
    /// @throws IllegalArgumentException if one is violated
    public PrefetchSettings {
        if (chunkPages < 1 || burstPages < 0 || pagesPerSecond < 0 || mostQueued < 0) {
            throw new IllegalArgumentException(
                    "chunks of %d pages, %d at once, %d a second, %d ranges"
                            .formatted(chunkPages, burstPages, pagesPerSecond, mostQueued));
        }
    }

    /// These with chunks of `pages`.
    public PrefetchSettings withChunk(int pages) {
        return new PrefetchSettings(pages, burstPages, pagesPerSecond, mostQueued);
    }

    /// These with another allowance.
    public PrefetchSettings withAllowance(long burst, long perSecond) {
        return new PrefetchSettings(chunkPages, burst, perSecond, mostQueued);
    }
}
