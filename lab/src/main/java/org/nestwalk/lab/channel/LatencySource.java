package org.nestwalk.lab.channel;

/// Where timings come from: the simulated machine ([SimulatedLatencies]). A real one would measure
/// loads over mappings of its own.
public interface LatencySource {
    /// Cycles of single accesses of a victim that miss the TLB.
    ///
    /// @param one whether the secret bit is 1: large pages, or the same region
    /// @param flushed whether TLBs and walk caches are emptied before what is timed
    /// @param smallPagesOnly whether memory is mapped by 4-KiB pages whatever the secret says
    double[] sample(Secret secret, boolean one, boolean flushed, boolean smallPagesOnly);
}
