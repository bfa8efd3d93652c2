package org.nestwalk.lab.migration.wire;

import java.time.Duration;

/// The most that one side can make the other allocate, or wait.
///
/// @param memoryBytes of a guest
/// @param stateBytes of a guest's state
/// @param missingRuns runs of pages that come after the hand-over
/// @param message in which all of a message has to come once its first byte has, and in which the
///   other side has to take what it is sent
/// @param idle in which something has to come where something is due
public record WireLimits(
        long memoryBytes, int stateBytes, int missingRuns, Duration message, Duration idle) {
    /// What sides keep to unless they are told otherwise: 16 TiB of memory, 16 MiB of state, a
    /// million runs, 30 s for a message and 60 s without one.
    public static final WireLimits USUAL =
            new WireLimits(
                    16L << 40, 16 << 20, 1 << 20, Duration.ofSeconds(30), Duration.ofSeconds(60));

    /// These, for a guest of so much memory at most.
    public WireLimits withMemory(long bytes) {
        return new WireLimits(bytes, stateBytes, missingRuns, message, idle);
    }

    /// These with other times.
    public WireLimits withTimes(Duration message, Duration idle) {
        return new WireLimits(memoryBytes, stateBytes, missingRuns, message, idle);
    }

    /// These with another time in which something has to come.
    WireLimits withIdle(Duration idle) {
        return withTimes(message, idle);
    }

    /// The longest payload of a frame.
    int frameBytes() {
        return Math.max(
                WireFormat.PAGES_BYTES,
                MessageCode.STATE_HEAD + stateBytes + missingRuns * 2 * Long.BYTES);
    }
}
