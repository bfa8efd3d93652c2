package org.nestwalk.hypervisor.lazy;

/// What reading from storage takes where that is simulated: assumptions, of the order of a current
/// NVMe disk.
///
/// @param readNanos from the request to the first byte
/// @param bytesPerMicrosecond after it
public record StorageCosts(long readNanos, long bytesPerMicrosecond) {
    /// 80 us, and 2 GB/s.
    public static final StorageCosts ASSUMED = new StorageCosts(80_000, 2_000);

    /// Nanoseconds of one read of `bytes`; 0 for none.
    public long nanos(long bytes) {
        return bytes == 0 ? 0 : readNanos + bytes * 1_000 / bytesPerMicrosecond;
    }
}
