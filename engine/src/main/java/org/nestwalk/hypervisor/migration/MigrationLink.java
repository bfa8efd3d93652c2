package org.nestwalk.hypervisor.migration;

/// A link between two hosts, and what a migration costs beside sending pages.
///
/// @param bandwidth bytes a second
/// @param roundTrip nanoseconds there and back
/// @param fixed nanoseconds of downtime that depend on nothing: saving and loading the state of
///   CPUs and devices
/// @param trap nanoseconds that a guest waits when it first writes to a page in a round
public record MigrationLink(double bandwidth, long roundTrip, long fixed, long trap) {
    /// Checks the bounds.
    public MigrationLink {
        if (!(bandwidth > 0) || roundTrip < 0 || fixed < 0 || trap < 0) {
            throw new IllegalArgumentException("negative, or no bandwidth");
        }
    }
}
