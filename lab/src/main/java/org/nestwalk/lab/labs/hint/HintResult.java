package org.nestwalk.lab.labs.hint;

import java.util.List;

/// What came of backing a guest's large pages in several ways.
///
/// @param machine the processor's name
/// @param program what ran in each, with all its parameters
/// @param fragmentation of host memory, but in the first way
/// @param ways those that were finished, in order
public record HintResult(String machine, String program, String fragmentation, List<Way> ways) {
    /// Copies the list.
    public HintResult {
        ways = List.copyOf(ways);
    }

    /// One way, and what came of it.
    ///
    /// @param name what people call it
    /// @param share of the guest's 2-MiB pages that are backed by 2-MiB pages at the end
    /// @param backedAfter simulated nanoseconds until that share was 95 %; -1 if it never was
    /// @param walkReferences of the average walk
    /// @param translationCycles by access
    /// @param pagesMoved to make room
    /// @param movingCycles copying and shootdowns of the host
    /// @param cycles all, moving included
    public record Way(
            String name,
            double share,
            long backedAfter,
            double walkReferences,
            double translationCycles,
            long pagesMoved,
            long movingCycles,
            long cycles) {}
}
