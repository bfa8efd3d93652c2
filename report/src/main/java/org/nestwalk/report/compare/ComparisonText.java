package org.nestwalk.report.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Table;
import org.nestwalk.report.compare.ResultComparison.Difference;
import org.nestwalk.report.compare.ResultComparison.Figure;

/// What there is to say of [ResultComparison]: first how the results came about, then figures.
public final class ComparisonText {
    private static final int MOST_BARS = 20;

    private ComparisonText() {}

    /// What differs in how they were run, then what differs in what came of it.
    public static Document of(ResultComparison comparison) {
        Document document =
                new Document()
                        .paragraph(
                                "%s: results of %s"
                                        .formatted(
                                                String.join(" and ", comparison.results()),
                                                comparison.kind()))
                        .paragraph(
                                Figures.format(
                                        "%,d figure{s} {is|are} the same in all, and %,d"
                                                + " {differs|differ}.",
                                        comparison.same(), comparison.figures().size()));
        if (comparison.manifest().isEmpty()) {
            document.paragraph("They were run alike: their manifests are the same.");
        } else {
            document.heading("How they were run differs")
                    .table(differences("parameter", comparison, comparison.manifest()));
        }
        if (!comparison.claims().isEmpty()) {
            document.heading("What is not concluded from all")
                    .table(differences("effect that showed", comparison, comparison.claims()));
        }
        if (!comparison.words().isEmpty()) {
            document.heading("Words that differ")
                    .table(differences("of", comparison, comparison.words()));
        }
        if (!comparison.figures().isEmpty()) {
            document.heading("Figures that differ").table(figures(comparison));
        }
        return document.pictures(changes(comparison)).lines(comparison.unmatched());
    }

    private static Table differences(
            String what, ResultComparison comparison, List<Difference> differences) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label(what));
        comparison.results().forEach(name -> columns.add(Column.text(name)));
        Table table = new Table(columns);
        for (Difference difference : differences) {
            List<Cell> row = new ArrayList<>();
            row.add(Cell.text(difference.name()));
            difference
                    .values()
                    .forEach(value -> row.add(value.isEmpty() ? Cell.none() : Cell.text(value)));
            table.cells(row);
        }
        return table;
    }

    private static Table figures(ResultComparison comparison) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("of"));
        columns.add(Column.label("figure"));
        columns.add(Column.number(comparison.results().getFirst()));
        for (String name : comparison.results().subList(1, comparison.results().size())) {
            columns.add(Column.number(name));
            columns.add(Column.number("change").meaning("against the first"));
        }
        Table table = new Table(columns);
        for (Figure figure : comparison.figures()) {
            List<Cell> row = new ArrayList<>();
            row.add(Cell.text(figure.of()));
            row.add(Cell.text(figure.name()));
            for (int i = 0; i < figure.values().size(); i++) {
                row.add(value(figure, i));
                if (i > 0) {
                    row.add(change(figure.changes(), i - 1));
                }
            }
            table.cells(row);
        }
        return table;
    }

    private static Cell value(Figure figure, int result) {
        List<Double> numbers = figure.numbers();
        if (numbers == null) {
            String text = figure.values().get(result);
            return text.isEmpty() ? Cell.none() : Cell.text(text);
        }
        double number = numbers.get(result);
        if (figure.unit() != null) {
            return new Cell(Measure.of("").in(figure.unit()).text(number), number);
        }
        if (number == Math.rint(number) && Math.abs(number) < 1e15) {
            return Cell.number("%,d", (long) number);
        }
        return Cell.number(Math.abs(number) < 1_000 ? "%.4g" : "%,.1f", number);
    }

    private static Cell change(@Nullable List<Double> changes, int result) {
        if (changes == null) {
            return Cell.none();
        }
        double change = changes.get(result);
        return new Cell(
                Figures.format(Math.abs(change) < 0.0995 ? "%+.1f %%" : "%+,.0f %%", 100 * change),
                change);
    }

    /// The figures that changed by the largest factors, in the order of the result.
    private static Document changes(ResultComparison comparison) {
        Set<Figure> most =
                new HashSet<>(
                        comparison.figures().stream()
                                .filter(figure -> figure.size() > 0)
                                .sorted(Comparator.comparingDouble(Figure::size).reversed())
                                .limit(MOST_BARS)
                                .toList());
        List<Bars.Row> rows = new ArrayList<>();
        for (Figure figure : comparison.figures()) {
            List<Double> numbers = figure.numbers();
            if (most.contains(figure) && numbers != null) {
                rows.add(
                        new Bars.Row(
                                (figure.of() + " " + figure.name()).strip(),
                                numbers.stream()
                                        .skip(1)
                                        .map(number ->
                                                Cell.number("%.3g", number / numbers.getFirst()))
                                        .toList()));
            }
        }
        return new Document()
                .bars(
                        new Bars(
                                "what changed most",
                                Measure.of("times " + comparison.results().getFirst())
                                        .logarithmic(),
                                Measure.of("figure"),
                                comparison.results().stream().skip(1).map(Bars.Part::of).toList(),
                                rows,
                                Bars.Form.GROUPED));
    }
}
