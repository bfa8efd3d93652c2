package org.nestwalk.lab.compare;

import java.util.List;

/// The outcome of a comparison.
///
/// @param workload what ran
/// @param identity digest or full text of what ran
/// @param options how
/// @param nonCanonical accesses of the trace left out because their addresses are not canonical
/// @param warnings what else to know of the workload, and that in words
/// @param dependence how far it is known which accesses depend on which
/// @param complete whether it ran to the end of the workload or its limit, and was not interrupted
/// @param setups one account for each setup, in the order asked for
/// @param intervals for each interval, one account for each setup; empty if none were asked for
/// @param footprints where each setup missed; empty unless asked for
public record ComparisonResult(
        String workload,
        String identity,
        CompareOptions options,
        long nonCanonical,
        List<String> warnings,
        Dependence dependence,
        boolean complete,
        List<SetupCounts> setups,
        List<List<SetupCounts>> intervals,
        List<Footprint> footprints) {
    /// Copies the lists.
    public ComparisonResult {
        warnings = List.copyOf(warnings);
        setups = List.copyOf(setups);
        intervals = List.copyOf(intervals);
        footprints = List.copyOf(footprints);
    }
}
