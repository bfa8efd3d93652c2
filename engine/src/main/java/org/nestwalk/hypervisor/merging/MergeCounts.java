package org.nestwalk.hypervisor.merging;

/// What merging has found, in the words of `/sys/kernel/mm/ksm`.
///
/// @param pagesShared frames that hold what several pages hold
/// @param pagesSharing pages beyond the first of each of those: what is saved
/// @param pagesUnshared pages of this scan that were found to be alone, so far
/// @param pagesVolatile pages that were passed over in this scan, so far, since they had changed
///   after the last one
/// @param zeroPages pages of zeroes merged with the page for that; counted nowhere else
/// @param pagesScanned pages looked at since the beginning
/// @param fullScans how often all memory was looked at
/// @param merged merges since the beginning
/// @param failed merges for which the host had no memory, since the beginning
public record MergeCounts(
        long pagesShared,
        long pagesSharing,
        long pagesUnshared,
        long pagesVolatile,
        long zeroPages,
        long pagesScanned,
        long fullScans,
        long merged,
        long failed) {
    MergeCounts plus(MergeCounts other) {
        return new MergeCounts(
                pagesShared + other.pagesShared,
                pagesSharing + other.pagesSharing,
                pagesUnshared + other.pagesUnshared,
                pagesVolatile + other.pagesVolatile,
                zeroPages + other.zeroPages,
                pagesScanned + other.pagesScanned,
                fullScans + other.fullScans,
                merged + other.merged,
                failed + other.failed);
    }
}
