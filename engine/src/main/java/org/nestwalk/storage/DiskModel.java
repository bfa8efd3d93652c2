package org.nestwalk.storage;

import org.nestwalk.InputException;

/// What a disk can do: assumptions, meant to be varied.
///
/// @param latencyNanos of a request, in nanoseconds
/// @param bytesPerSecond that it carries
/// @param capacityPages 4-KiB pages that it has
public record DiskModel(long latencyNanos, double bytesPerSecond, long capacityPages) {
    /// Of the order of a current NVMe disk: 80 us, 2 GB/s, 1 TiB.
    public static final DiskModel NVME = new DiskModel(80_000, 2e9, 1L << 28);

    /// Checks that a request comes to an end.
    ///
    /// @throws InputException if not
    public DiskModel {
        if (latencyNanos < 0 || !(bytesPerSecond > 0) || capacityPages < 0) {
            throw new InputException(
                    "a disk of %d ns latency, %s bytes a second and %d pages; it needs a bandwidth above 0"
                            .formatted(latencyNanos, bytesPerSecond, capacityPages));
        }
    }

    /// The same with room for `pages`.
    public DiskModel withCapacity(long pages) {
        return new DiskModel(latencyNanos, bytesPerSecond, pages);
    }
}
