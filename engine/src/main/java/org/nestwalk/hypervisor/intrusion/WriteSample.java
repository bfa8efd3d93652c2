package org.nestwalk.hypervisor.intrusion;

import org.nestwalk.memory.PageSet;

/// The pages that a guest wrote in a time.
///
/// @param pages not to be changed
/// @param nanoseconds of the guest's time; positive
public record WriteSample(PageSet pages, long nanoseconds) {}
