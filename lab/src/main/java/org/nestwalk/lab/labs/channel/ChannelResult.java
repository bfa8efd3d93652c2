package org.nestwalk.lab.labs.channel;

import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.labs.channel.measured.MeasuredResult;

/// What the time of walks gives away: on the simulated machine, or on this host.
///
/// @param simulated what was simulated; null if it was measured
/// @param measured what was measured; null if it was simulated
public record ChannelResult(
        @Nullable SimulatedResult simulated, @Nullable MeasuredResult measured) {}
