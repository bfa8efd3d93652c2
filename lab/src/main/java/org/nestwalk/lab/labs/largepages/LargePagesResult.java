package org.nestwalk.lab.labs.largepages;

import java.util.List;

/// What came of the combinations of page sizes.
///
/// @param machine the processor's name
/// @param program what ran in each, with all its parameters, or a trace
/// @param entries of the largest TLB
/// @param combinations those that were finished, in order
public record LargePagesResult(
        String machine, String program, long entries, List<Combination> combinations) {
    /// Copies the list.
    public LargePagesResult {
        combinations = List.copyOf(combinations);
    }

    /// One combination.
    ///
    /// @param guest page size of the guest
    /// @param host page size of the host, or `misaligned`
    /// @param coldReferences of a walk that nothing cached shortens
    /// @param reachBytes memory that the entries of the largest TLB translate: of footprints of so
    ///   many pages, and twice as many, of either size, the largest that is swept a second time
    ///   without a walk
    /// @param walks of the program
    /// @param walkReferences of the average walk of the program
    /// @param splinteredFills first-level TLB fills smaller than the guest's page
    /// @param translationCycles of the program, by access
    /// @param exits of the program
    /// @param cycles of the program, everything included
    public record Combination(
            String guest,
            String host,
            double coldReferences,
            long reachBytes,
            long walks,
            double walkReferences,
            long splinteredFills,
            double translationCycles,
            long exits,
            long cycles) {}
}
