package org.nestwalk.lab.labs.run;

import java.util.List;

/// Comparisons of setups, as JSON.
///
/// @param runs one for each workload that was begun, in the order asked for
public record RunResult(List<RunReport> runs) {
    /// Copies the list.
    public RunResult {
        runs = List.copyOf(runs);
    }
}
