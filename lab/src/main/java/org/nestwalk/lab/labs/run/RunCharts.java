package org.nestwalk.lab.labs.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Bars.Part;
import org.nestwalk.document.Bars.Row;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Document;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Series.Line;
import org.nestwalk.document.Series.Point;
import org.nestwalk.lab.machines.MachineFile;

/// A comparison in pictures: where cycles of translation go, what misses, and how long walks are.
final class RunCharts {
    private static final String MEMORY = "memory";
    private static final String GUEST = "guest tables";
    private static final String SECOND = "second level";
    private static final Measure SETUP = Measure.of("setup");
    private static final Part FLAGS =
            Part.of("flags").meaning("updates of accessed and dirty flags");
    private static final Part REST =
            Part.of("look-ups")
                    .meaning(
                            "hits of the second-level TLB, look-ups of the walker's caches, and"
                                    + " references of walks that set a dirty flag later");

    private RunCharts() {}

    static Document of(RunReport report) {
        Document charts =
                new Document()
                        .bars(cycles(report))
                        .bars(misses(report.setups()))
                        .bars(references(report.setups()));
        if (report.intervals().size() > 1) {
            charts.series(
                            over(
                                    report,
                                    "translation over the run",
                                    Measure.of("translation").in("cycles an access").lessIsBetter(),
                                    SetupReport::exposedTranslationCycles,
                                    SetupReport::accesses))
                    .series(
                            over(
                                    report,
                                    "misses of all TLBs over the run",
                                    Measure.of("misses").in("a thousand accesses").lessIsBetter(),
                                    setup -> 1e3 * setup.l2Misses(),
                                    SetupReport::accesses))
                    .series(
                            over(
                                    report,
                                    "length of walks over the run",
                                    Measure.of("references").in("a walk").lessIsBetter(),
                                    SetupReport::references,
                                    SetupReport::walks));
        }
        if (report.footprint() != null) {
            report.footprint().grids().forEach(charts::grid);
        }
        return charts;
    }

    /// Cycles of translation of an access: references by the dimension of the table and the level
    /// that served them, updates of flags, and the rest. What a reference takes is what its level
    /// takes, so that the parts add up to [SetupReport#translationCycles].
    private static Bars cycles(RunReport report) {
        Map<String, Long> latencies = latencies(report);
        Map<Part, Function<SetupReport, Long>> parts = new LinkedHashMap<>();
        latencies.forEach((level, latency) ->
                parts.put(
                        Part.of(level).in(GUEST),
                        setup -> latency * setup.guestServed().getOrDefault(level, 0L)));
        latencies.forEach((level, latency) ->
                parts.put(
                        Part.of(level).in(SECOND),
                        setup -> latency * setup.secondLevelServed().getOrDefault(level, 0L)));
        List<Function<SetupReport, Long>> references = List.copyOf(parts.values());
        parts.put(FLAGS, SetupReport::flagCycles);
        parts.put(
                REST,
                setup ->
                        setup.translationCycles()
                                - setup.flagCycles()
                                - references.stream().mapToLong(part -> part.apply(setup)).sum());
        parts.values()
                .removeIf(
                        part -> report.setups().stream().allMatch(setup -> part.apply(setup) == 0));
        List<Row> rows = new ArrayList<>();
        for (SetupReport setup : report.setups()) {
            rows.add(
                    new Row(
                            setup.name(),
                            parts.values().stream()
                                    .map(part -> each((double) part.apply(setup), setup.accesses()))
                                    .toList()));
        }
        return new Bars(
                "where cycles of translation go",
                Measure.of("translation").in("cycles an access").lessIsBetter(),
                SETUP,
                List.copyOf(parts.keySet()),
                parts.isEmpty() ? List.of() : rows,
                Bars.Form.STACKED);
    }

    /// Cycles of a reference that each level of the memory hierarchy serves, by the manifest.
    private static Map<String, Long> latencies(RunReport report) {
        Map<String, String> values = new LinkedHashMap<>();
        for (MachineFile.Parameter parameter : report.manifest().parameters()) {
            values.put(parameter.path(), parameter.value());
        }
        Map<String, Long> latencies = new LinkedHashMap<>();
        int level = 0;
        for (String name : report.setups().getFirst().guestServed().keySet()) {
            String path =
                    name.equals(MEMORY)
                            ? "memoryCycles"
                            : "caches[%d].latencyCycles".formatted(level++);
            String value = values.get(path);
            if (value != null) {
                latencies.put(name, Long.parseLong(value));
            }
        }
        return latencies;
    }

    private static Cell each(double count, long of) {
        return of == 0 ? Cell.none() : Cell.number("%.3f", count / of);
    }

    private static Bars misses(List<SetupReport> setups) {
        return new Bars(
                "misses of the TLBs",
                Measure.of("misses").in("a thousand accesses").lessIsBetter(),
                SETUP,
                List.of(
                        Part.of("first level"),
                        Part.of("all levels").meaning("each of which is a walk")),
                setups.stream()
                        .map(setup ->
                                new Row(
                                        setup.name(),
                                        List.of(
                                                each(1e3 * setup.l1Misses(), setup.accesses()),
                                                each(1e3 * setup.l2Misses(), setup.accesses()))))
                        .toList(),
                Bars.Form.GROUPED);
    }

    private static Bars references(List<SetupReport> setups) {
        return new Bars(
                "how long walks are",
                Measure.of("references").in("a walk").lessIsBetter(),
                SETUP,
                List.of(Part.of(GUEST).meaning("native and shadow tables, too"), Part.of(SECOND)),
                setups.stream()
                        .map(setup ->
                                new Row(
                                        setup.name(),
                                        List.of(
                                                each(
                                                        (double) setup.guestReferences(),
                                                        setup.walks()),
                                                each(
                                                        (double) setup.secondLevelReferences(),
                                                        setup.walks()))))
                        .toList(),
                Bars.Form.STACKED);
    }

    /// A line for each setup, over accesses.
    private static Series over(
            RunReport report,
            String name,
            Measure measure,
            ToDoubleFunction<SetupReport> count,
            ToDoubleFunction<SetupReport> of) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < report.setups().size(); i++) {
            List<Point> points = new ArrayList<>();
            double made = 0;
            for (RunReport.Interval interval : report.intervals()) {
                SetupReport setup = interval.setups().get(i);
                made += setup.accesses();
                if (of.applyAsDouble(setup) > 0) {
                    points.add(
                            new Point(made, count.applyAsDouble(setup) / of.applyAsDouble(setup)));
                }
            }
            lines.add(new Line(report.setups().get(i).name(), "", points));
        }
        return Series.curves(name, Measure.of("accesses"), measure, lines);
    }
}
