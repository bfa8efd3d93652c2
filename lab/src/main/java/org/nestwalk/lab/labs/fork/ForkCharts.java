package org.nestwalk.lab.labs.fork;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.nestwalk.document.Document;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Series.Line;
import org.nestwalk.document.Series.Point;
import org.nestwalk.lab.fork.FamilyChart;
import org.nestwalk.lab.fork.ForkResult;

/// Pages of all children as they run.
final class ForkCharts {
    private static final Measure ACCESSES = Measure.of("accesses").meaning("of all children");

    private ForkCharts() {}

    static Document of(ForkComparison result) {
        Document charts = new Document();
        result.methods()
                .forEach(method ->
                        charts.bars(
                                FamilyChart.of(
                                        method.method().label(),
                                        method.family(),
                                        1 + method.children().count())));
        return charts.series(
                        over(
                                result,
                                "pages that children have to themselves",
                                Measure.of("pages").lessIsBetter(),
                                ForkResult.Moment::own))
                .series(
                        over(
                                result,
                                "pages that children share or have not touched",
                                Measure.of("pages").moreIsBetter(),
                                ForkCharts::shared));
    }

    private static double shared(ForkResult.Moment moment) {
        Long untouched = moment.untouched();
        return moment.shared() + (untouched == null ? 0 : untouched);
    }

    private static Series over(
            ForkComparison result,
            String name,
            Measure measure,
            ToDoubleFunction<ForkResult.Moment> of) {
        List<Line> lines =
                result.methods().stream()
                        .filter(method -> method.moments().size() > 1)
                        .map(method ->
                                new Line(
                                        method.method().label(),
                                        "",
                                        method.moments().stream()
                                                .map(moment ->
                                                        new Point(
                                                                moment.accesses(),
                                                                of.applyAsDouble(moment)))
                                                .toList()))
                        .toList();
        return Series.curves(name, ACCESSES, measure, lines);
    }
}
