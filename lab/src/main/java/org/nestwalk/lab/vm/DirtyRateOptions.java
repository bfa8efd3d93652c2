package org.nestwalk.lab.vm;

/// How the rate of written pages is metered.
///
/// @param period nanoseconds of virtual CPUs' time
/// @param sampled whether from a sample of pages, which disturbs the guest less and is not exact
public record DirtyRateOptions(long period, boolean sampled) {}
