package org.nestwalk.machine;

import org.nestwalk.memory.PageSet;

/// Finds the pages that devices write, which no CPU's second level sees.
@FunctionalInterface
public interface DeviceWrites {
    /// Gives `written` the ranges that were written since the last call, and forgets them. Called
    /// while no CPU is in its guest.
    void collect(PageSet.RangeConsumer written);
}
