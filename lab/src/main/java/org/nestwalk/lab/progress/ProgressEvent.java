package org.nestwalk.lab.progress;

import java.util.Map;
import java.util.OptionalLong;

/// How far long work has come.
///
/// @param phase what is being done, as a participle: `run`, `measured`
/// @param done how many units so far
/// @param total how many there will be, as far as is known
/// @param unit of both, in the plural, such as `accesses`
/// @param figures what else is known by now, by name; empty for nothing
public record ProgressEvent(
        String phase, long done, OptionalLong total, String unit, Map<String, Double> figures) {
    /// Copies the map.
    public ProgressEvent {
        figures = Map.copyOf(figures);
    }

    /// That `done` accesses are run.
    public static ProgressEvent run(long done, OptionalLong total) {
        return new ProgressEvent("run", done, total, "accesses", Map.of());
    }

    /// The same of more work.
    ProgressEvent with(long otherDone, OptionalLong otherTotal) {
        return new ProgressEvent(phase, otherDone, otherTotal, unit, figures);
    }
}
