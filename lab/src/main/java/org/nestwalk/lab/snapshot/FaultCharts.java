package org.nestwalk.lab.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.lab.fork.Spread;

/// Page faults that remain after a restore, as charts.
public final class FaultCharts {
    private static final Measure TIME = Measure.of("time since the restore").in("ns");

    private FaultCharts() {}

    /// Accesses that waited, over time; a line for each of `tails`, by name, that has any.
    public static Series overTime(Map<String, FaultTail> tails) {
        List<Series.Line> lines = new ArrayList<>();
        tails.forEach((name, tail) -> {
            if (tail.faults() > 0) {
                lines.add(
                        new Series.Line(
                                name,
                                "",
                                tail.intervals().stream()
                                        .map(part ->
                                                new Series.Point(part.endNanos(), part.faults()))
                                        .toList()));
            }
        });
        return Series.bands(
                "page faults after the restore",
                TIME,
                Measure.of("faults").meaning("in a twentieth of the time to the end"),
                lines);
    }

    /// How long accesses waited, by percentiles; a part for each of `tails` that has any.
    public static Distribution waits(Map<String, FaultTail> tails) {
        List<Distribution.Part> parts = new ArrayList<>();
        tails.forEach((name, tail) -> {
            Spread waits = tail.waits();
            if (waits != null) {
                parts.add(
                        Distribution.Part.percentiles(
                                name,
                                List.of(
                                        new Distribution.Percentile(0.5, waits.median()),
                                        new Distribution.Percentile(0.9, waits.p90()),
                                        new Distribution.Percentile(0.99, waits.p99()),
                                        new Distribution.Percentile(1, waits.most()))));
            }
        });
        return new Distribution(
                "how long a page fault takes",
                Measure.of("time").in("ns"),
                Measure.of("faults"),
                parts);
    }
}
