package org.nestwalk.hypervisor.migration;

/// A round of pre-copy: pages were sent while the guest ran and wrote.
///
/// @param start when it began, in nanoseconds since the migration did
/// @param nanoseconds how long it took
/// @param pages sent, and those of zeroes that the other side has as such already
/// @param bytes sent
/// @param written pages found written at its end
/// @param left bytes to be sent then
/// @param withheld the part of the guest's time that was withheld
public record MigrationRound(
        long start,
        long nanoseconds,
        long pages,
        long bytes,
        long written,
        long left,
        double withheld) {}
