package org.nestwalk.hypervisor.lazy;

/// How memory was loaded.
///
/// @param faultPages pages that an access waited for
/// @param prefetchPages pages loaded at once, before anything ran
/// @param backgroundPages pages loaded beside the guest
/// @param bytes read from storage
/// @param faultNanos time that accesses waited for storage
/// @param prefetchNanos time until all that was loaded at once was there
public record LazyCounts(
        long faultPages,
        long prefetchPages,
        long backgroundPages,
        long bytes,
        long faultNanos,
        long prefetchNanos) {
    /// Time that the guest has waited for storage.
    public long waitedNanos() {
        return faultNanos + prefetchNanos;
    }
}
