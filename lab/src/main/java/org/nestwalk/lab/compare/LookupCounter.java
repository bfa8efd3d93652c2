package org.nestwalk.lab.compare;

import org.nestwalk.mmu.SecondLevelObserver;

/// Counts look-ups of a setup's second-level TLBs in a comparison.
public interface LookupCounter extends SecondLevelObserver {
    /// Forgets what was counted until now, but not what was looked up: the warm-up is over.
    void beginCounting();
}
