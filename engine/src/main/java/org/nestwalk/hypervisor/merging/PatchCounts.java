package org.nestwalk.hypervisor.merging;

/// What is kept as patches.
///
/// @param patched pages that are not in memory but as patches
/// @param patchBytes of these patches
/// @param references pages that patches are against
/// @param alone references that no guest has in memory any more, which are kept for patches only
/// @param rebuilt pages that were made of their patches again, since the beginning
public record PatchCounts(
        long patched, long patchBytes, long references, long alone, long rebuilt) {
    private static final long PAGE = 4096;

    /// Whole pages that patches take, one after the other.
    public long patchPages() {
        return (patchBytes + PAGE - 1) / PAGE;
    }

    /// Pages that are saved: those that are kept as patches, less what these and references that
    /// nobody else has take. Negative if it costs more than it saves.
    public long savedPages() {
        return patched - patchPages() - alone;
    }
}
