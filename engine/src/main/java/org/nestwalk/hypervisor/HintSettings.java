package org.nestwalk.hypervisor;

/// Limits of the hint for large pages ([LargePageHints]): all assumptions, chosen so that one guest
/// cannot keep the host's contiguous memory or its time to itself.
///
/// @param mostPromises blocks reserved at a time for one virtual machine
/// @param lifeNanos how long a promise is kept that is not used, in simulated nanoseconds
/// @param movesPerBlock pages that may be moved to make one free block
/// @param movesPerCall pages that may be moved for one call
public record HintSettings(int mostPromises, long lifeNanos, int movesPerBlock, int movesPerCall) {
    /// 4,096 blocks (8 GiB), a second, half a block, sixteen blocks.
    public static final HintSettings DEFAULT = new HintSettings(4096, 1_000_000_000L, 256, 8192);
}
