package org.nestwalk.mmu.model;

/// How much of its memory accesses a processor has under way at once, beside its page walkers
/// ([TranslationModel#walkers]): what bounds `org.nestwalk.mmu.time.OverlapClock`.
///
/// @param window data accesses from the oldest that is not complete to the youngest that may have
///   begun, 1 to [#MOST]; what the reorder buffer has room for
/// @param outstandingMisses data accesses that may wait for a line from beyond the first-level data
///   cache, 1 to [#MOST]; line-fill buffers, or miss-address buffers
public record OverlapModel(int window, int outstandingMisses) {
    /// The most of either.
    public static final int MOST = 4096;

    /// Checks the bounds.
    public OverlapModel {
        if (window < 1 || window > MOST || outstandingMisses < 1 || outstandingMisses > MOST) {
            throw new IllegalArgumentException(
                    "window %d, outstanding misses %d".formatted(window, outstandingMisses));
        }
    }
}
