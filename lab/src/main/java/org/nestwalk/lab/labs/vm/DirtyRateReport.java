package org.nestwalk.lab.labs.vm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Series.Line;
import org.nestwalk.document.Series.Point;
import org.nestwalk.hypervisor.dirty.DirtyRateMeter;

/// Pages written in one period, as JSON.
///
/// @param from nanoseconds when it began
/// @param until nanoseconds when it ended
/// @param written pages of 4 KiB that were written in it
/// @param again of these, pages that were written in the period before, too; left out if they were
///   estimated
/// @param error standard error of `written`; left out if that is exact
/// @param pagesPerSecond written, rounded
public record DirtyRateReport(
        long from,
        long until,
        long written,
        @Nullable Long again,
        @Nullable Double error,
        long pagesPerSecond) {
    private static final double GIGA = 1e9;

    static DirtyRateReport of(DirtyRateMeter.Sample sample) {
        return new DirtyRateReport(
                sample.from(),
                sample.until(),
                sample.written(),
                sample.again(),
                sample.error(),
                Math.round(sample.rate()));
    }

    /// All periods as a chart.
    static Series series(List<DirtyRateReport> periods) {
        List<Line> lines = new ArrayList<>();
        lines.add(
                new Line(
                        "written",
                        "pages written in each period",
                        periods.stream().map(one -> one.at(one.written)).toList()));
        if (periods.stream().allMatch(one -> one.again != null)) {
            lines.add(
                    new Line(
                            "written again",
                            "of these, pages written in the period before, too",
                            periods.stream()
                                    .map(one -> one.at(one.again == null ? 0 : one.again))
                                    .toList()));
        }
        return Series.curves(
                "pages of 4 KiB written",
                Measure.of("time").in("ns"),
                Measure.of("pages").in("a second"),
                lines);
    }

    private Point at(long pages) {
        return new Point(until, pages * GIGA / Math.max(1, until - from));
    }

    /// What all periods come to, in one sentence.
    static String sentence(List<DirtyRateReport> periods) {
        long written = periods.stream().mapToLong(DirtyRateReport::written).sum();
        long nanoseconds = periods.getLast().until - periods.getFirst().from;
        long most = periods.stream().mapToLong(DirtyRateReport::pagesPerSecond).max().orElse(0);
        double square =
                periods.stream()
                        .mapToDouble(one -> one.error == null ? 0 : one.error * one.error)
                        .sum();
        double perSecond = GIGA / Math.max(1, nanoseconds);
        String average = Figures.format("%,d", Math.round(written * perSecond));
        if (periods.getFirst().error != null) {
            average +=
                    Figures.format(" ± %,d (estimated)", Math.round(Math.sqrt(square) * perSecond));
        }
        return Figures.format(
                "The guest writes %s pages a second on average and %,d at most, over %,d"
                        + " period{s}%s.",
                average, most, periods.size(), again(periods, written));
    }

    private static String again(List<DirtyRateReport> periods, long written) {
        long again = 0;
        for (DirtyRateReport one : periods) {
            if (one.again == null) {
                return "";
            }
            again += one.again;
        }
        return Figures.format(
                "; %s of what a period writes was written in the one before, too",
                Figures.share(again, written));
    }
}
