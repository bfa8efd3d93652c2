package org.nestwalk.lab.labs.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Distribution.Part;
import org.nestwalk.document.Distribution.Percentile;
import org.nestwalk.document.Document;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Series.Line;
import org.nestwalk.document.Series.Point;
import org.nestwalk.lab.vm.VmResult;

/// What programs in a virtual machine did as time went on.
final class VmCharts {
    private static final Measure TIME = Measure.of("time").in("ns");

    private VmCharts() {}

    /// Pages by size, on both sides; kinds that there never were are left out.
    static Series pages(List<PageReport> timeline) {
        List<Line> lines = new ArrayList<>();
        add(lines, "guest 4K", timeline, PageReport::guestSmall);
        add(lines, "guest 2M", timeline, PageReport::guestLarge);
        add(lines, "guest 2M on host 2M", timeline, PageReport::guestLargeOnLarge);
        add(lines, "host 4K", timeline, PageReport::hostSmall);
        add(lines, "host 2M", timeline, PageReport::hostLarge);
        return Series.bands(
                "memory by the size of its pages", TIME, Measure.of("mapped").in("bytes"), lines);
    }

    private static void add(
            List<Line> lines,
            String name,
            List<PageReport> timeline,
            Function<PageReport, @Nullable Long> kind) {
        List<Point> points = new ArrayList<>();
        boolean any = false;
        for (PageReport moment : timeline) {
            Long bytes = kind.apply(moment);
            points.add(new Point(moment.nanoseconds(), bytes == null ? 0 : bytes));
            any |= bytes != null && bytes > 0;
        }
        if (any) {
            lines.add(new Line(name, "", points));
        }
    }

    /// Exits over time, how long they took by reason, and pages at the end.
    static Document pictures(VmReport report) {
        Document pictures =
                new Document()
                        .series(exits(report.timeline()))
                        .distribution(latencies(report.exits()));
        PageMapReport map = report.pageMap();
        return map == null ? pictures : pictures.grid(map.grid());
    }

    private static Series exits(List<PageReport> timeline) {
        List<Point> points =
                timeline.stream()
                        .map(moment -> new Point(moment.nanoseconds(), moment.exits()))
                        .toList();
        boolean any = points.stream().anyMatch(point -> point.y() > 0);
        return Series.curves(
                "exits over time",
                TIME,
                Measure.of("exits so far").meaning("of all virtual CPUs together").lessIsBetter(),
                any ? List.of(new Line("exits", "", points)) : List.of());
    }

    private static Distribution latencies(List<ExitReport> exits) {
        return new Distribution(
                "how long exits took",
                Measure.of("latency").in("ns").lessIsBetter(),
                Measure.of("exits"),
                exits.stream().map(VmCharts::latencies).toList());
    }

    private static Part latencies(ExitReport exit) {
        VmResult.Percentiles latency = exit.latencyNanoseconds();
        return Part.percentiles(
                exit.reason(),
                List.of(
                        new Percentile(0.5, latency.median()),
                        new Percentile(0.9, latency.p90()),
                        new Percentile(0.99, latency.p99()),
                        new Percentile(1, latency.max())));
    }
}
