package org.nestwalk.lab.labs.channel;

import java.util.List;

/// What the simulated timing channel is to be studied with.
///
/// @param programs or traces on which defences are charged
/// @param accesses of each, at most
/// @param noise deviation of a measurement in cycles
/// @param delay deviation of the smaller of the random delays in cycles
/// @param timer resolution of the coarse timer in cycles
/// @param seed of everything random
public record ChannelOptions(
        List<String> programs, long accesses, double noise, double delay, double timer, long seed) {
    /// Copies the list.
    public ChannelOptions {
        programs = List.copyOf(programs);
    }
}
