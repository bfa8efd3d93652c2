package org.nestwalk.hypervisor.migration;

import java.util.List;

/// How far a migration is, as a policy sees it.
///
/// @param nanoseconds since it began
/// @param left bytes to be sent, as far as they are known: pages written since the last look are
///   not among them
/// @param sent bytes sent so far
/// @param bandwidth bytes a second that the link has carried of late
/// @param memory bytes of the guest
/// @param rounds that are over, in order; not to be changed, and there will be more
public record MigrationProgress(
        long nanoseconds,
        long left,
        long sent,
        double bandwidth,
        long memory,
        List<MigrationRound> rounds) {
    /// Bytes that the link carries in so much time.
    public long bytesIn(long time) {
        return (long) (bandwidth * time / 1e9);
    }

    /// Nanoseconds that the link needs for so many bytes.
    public long timeFor(double bytes) {
        return Math.round(bytes / bandwidth * 1e9);
    }

    /// The round before this one.
    ///
    /// @throws java.util.NoSuchElementException if there is none
    public MigrationRound last() {
        return rounds.getLast();
    }
}
