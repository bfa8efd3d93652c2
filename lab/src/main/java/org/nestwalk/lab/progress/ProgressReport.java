package org.nestwalk.lab.progress;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A [ProgressEvent] for programs, with what follows from the time that it took, as JSON.
///
/// @param phase what is being done, such as `run gups`
/// @param done how many units so far
/// @param total how many there will be; left out where that is not known
/// @param unit of both, in the plural
/// @param seconds since the phase began
/// @param rate units a second, from the beginning
/// @param secondsLeft as far as the rate of the second half of the time tells; left out where
///   nothing is done yet or the total is not known
/// @param figures what else is known by now, by name
public record ProgressReport(
        String phase,
        long done,
        @Nullable Long total,
        String unit,
        double seconds,
        double rate,
        @Nullable Double secondsLeft,
        Map<String, Double> figures) {
    /// Copies the map.
    public ProgressReport {
        figures = Map.copyOf(figures);
    }

    /// The report of `event`, `seconds` after its phase began.
    ///
    /// @param pace of the phase so far
    public static ProgressReport of(ProgressEvent event, double seconds, Pace pace) {
        OptionalLong total = event.total();
        OptionalDouble left = pace.left(seconds, event.done(), total);
        double rate = seconds > 0 ? event.done() / seconds : 0;
        return new ProgressReport(
                event.phase(),
                event.done(),
                total.isPresent() ? (Long) total.getAsLong() : null,
                event.unit(),
                seconds,
                rate,
                left.isPresent() ? (Double) left.getAsDouble() : null,
                event.figures());
    }
}
