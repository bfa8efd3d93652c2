package org.nestwalk.lab.migration.wire;

/// Pages that went over a wire, by how they were written.
///
/// @param plain as they are
/// @param zero of zeroes only
/// @param delta by their differences
/// @param zstd packed
/// @param bytes of all their contents on the wire
public record PageCounts(long plain, long zero, long delta, long zstd, long bytes) {
    /// None.
    public static final PageCounts NONE = new PageCounts(0, 0, 0, 0, 0);

    /// All of them.
    public long pages() {
        return plain + zero + delta + zstd;
    }

    /// These and `other`.
    PageCounts plus(PageCounts other) {
        return new PageCounts(
                plain + other.plain,
                zero + other.zero,
                delta + other.delta,
                zstd + other.zstd,
                bytes + other.bytes);
    }
}
