package org.nestwalk.report.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nestwalk.InputException;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.sweep.Axis;
import org.nestwalk.lab.sweep.Cells;
import org.nestwalk.lab.sweep.Study;
import org.nestwalk.lab.sweep.StudyFolder;

/// What differs between two studies.
///
/// @param first the folder of one
/// @param second the folder of the other
/// @param compared how many combinations of values both have
/// @param onlyFirst how many only the first has
/// @param onlySecond how many only the second has
/// @param same how many figures are the same in all that were compared
/// @param figures those that are not
/// @param changed files that both read, with other contents
public record StudyComparison(
        String first,
        String second,
        int compared,
        int onlyFirst,
        int onlySecond,
        int same,
        List<Difference> figures,
        List<String> changed) {
    /// Copies the lists.
    public StudyComparison {
        figures = List.copyOf(figures);
        changed = List.copyOf(changed);
    }

    /// A figure that differs.
    ///
    /// @param figure its name
    /// @param differing in how many of the values compared
    /// @param of how many there are
    /// @param where the combination in which it differs most
    /// @param before its value there in the first study
    /// @param after its value there in the second
    public record Difference(
            String figure, int differing, int of, String where, double before, double after) {
        private double size() {
            return size(before, after);
        }

        private static double size(double before, double after) {
            return before == after
                    ? 0
                    : before == 0 ? Double.POSITIVE_INFINITY : Math.abs(after / before - 1);
        }
    }

    private record Place(Map<String, String> values, String of) {
        /// In words: its values of the axes that have several.
        String words(Set<String> several) {
            return Stream.concat(
                            values.entrySet().stream()
                                    .filter(value -> several.contains(value.getKey()))
                                    .map(value -> value.getKey() + "=" + value.getValue()),
                            Stream.of(of))
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining(" "));
        }
    }

    /// Compares the studies in two folders.
    ///
    /// @throws InputException if they have nothing to compare
    public static StudyComparison of(Path first, Path second) {
        StudyFolder one = StudyFolder.of(first);
        StudyFolder other = StudyFolder.of(second);
        Cells firstCells = one.cells();
        Cells secondCells = other.cells();
        String firstKind = firstCells.study().experiment();
        String secondKind = secondCells.study().experiment();
        if (!firstKind.equals(secondKind)) {
            throw new InputException(
                    "%s is a study of %s and %s one of %s; only studies of one experiment can be compared"
                            .formatted(first, firstKind, second, secondKind));
        }
        Map<Place, Map<String, Double>> before = places(firstCells, one);
        Map<Place, Map<String, Double>> after = places(secondCells, other);
        Set<String> several =
                Stream.of(firstCells, secondCells)
                        .flatMap(cells -> cells.study().axes().stream())
                        .filter(axis -> axis.values().size() > 1)
                        .map(Axis::name)
                        .collect(Collectors.toSet());
        Map<String, List<Difference>> found = new LinkedHashMap<>();
        for (Map.Entry<Place, Map<String, Double>> entry : before.entrySet()) {
            Map<String, Double> there = after.get(entry.getKey());
            if (there != null) {
                entry.getValue()
                        .forEach((name, value) -> {
                            Double now = there.get(name);
                            if (now != null) {
                                found.computeIfAbsent(name, _ -> new ArrayList<>())
                                        .add(
                                                new Difference(
                                                        name,
                                                        1,
                                                        1,
                                                        entry.getKey().words(several),
                                                        value,
                                                        now));
                            }
                        });
            }
        }
        Set<Map<String, String>> here = combinations(before);
        Set<Map<String, String>> there = combinations(after);
        int common = (int) here.stream().filter(there::contains).count();
        if (common == 0) {
            throw new InputException(
                    "%s and %s have no combination of values in common%s"
                            .formatted(
                                    first, second, apart(firstCells.study(), secondCells.study())));
        }
        List<Difference> figures = new ArrayList<>();
        int same = 0;
        for (Map.Entry<String, List<Difference>> entry : found.entrySet()) {
            List<Difference> all = entry.getValue();
            Difference most = all.getFirst();
            int differing = 0;
            for (Difference each : all) {
                differing += each.size() > 0 ? 1 : 0;
                most = each.size() > most.size() ? each : most;
            }
            if (differing == 0) {
                same++;
            } else {
                figures.add(
                        new Difference(
                                entry.getKey(),
                                differing,
                                all.size(),
                                most.where(),
                                most.before(),
                                most.after()));
            }
        }
        return new StudyComparison(
                first.toString(),
                second.toString(),
                common,
                here.size() - common,
                there.size() - common,
                same,
                figures,
                firstCells.inputs().entrySet().stream()
                        .filter(input -> {
                            String digest = secondCells.inputs().get(input.getKey());
                            return digest != null && !digest.equals(input.getValue());
                        })
                        .map(Map.Entry::getKey)
                        .toList());
    }

    /// Where they part: the first axis without a common value.
    private static String apart(Study one, Study other) {
        for (Axis axis : one.axes()) {
            for (Axis there : other.axes()) {
                if (axis.name().equals(there.name())
                        && Collections.disjoint(axis.values(), there.values())) {
                    return "; %s is %s in the first, %s in the second"
                            .formatted(
                                    axis.name(),
                                    axis.values().getFirst(),
                                    there.values().getFirst());
                }
            }
        }
        List<String> names = one.axes().stream().map(Axis::name).sorted().toList();
        List<String> others = other.axes().stream().map(Axis::name).sorted().toList();
        return names.equals(others)
                ? ""
                : "; the first sets %s, the second %s"
                        .formatted(String.join(", ", names), String.join(", ", others));
    }

    private static Set<Map<String, String>> combinations(Map<Place, Map<String, Double>> places) {
        return places.keySet().stream().map(Place::values).collect(Collectors.toSet());
    }

    private static Map<Place, Map<String, Double>> places(Cells cells, StudyFolder folder) {
        Map<Place, Map<String, Double>> places = new LinkedHashMap<>();
        for (StudyResults.Row row : StudyResults.of(cells, folder).rows()) {
            // Sorted: studies may set the same in another order.
            places.put(new Place(new TreeMap<>(row.values()), row.of()), row.figures());
        }
        return places;
    }

    /// As people read it.
    public Document document() {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "%,d combination{s} of values in both %s and %s; %,d only"
                                                + " in the first, %,d only in the second",
                                        compared, first, second, onlyFirst, onlySecond))
                        .paragraph(
                                Figures.format(
                                        "%,d figure{s} {is|are} the same in all, and %,d"
                                                + " {differs|differ}.",
                                        same, figures.size()));
        if (!changed.isEmpty()) {
            document.paragraph(
                    Figures.format(
                            "%,d file{s} that both read {has|have} other contents in the second:"
                                    + " %s",
                            changed.size(), String.join(", ", changed)));
        }
        if (figures.isEmpty()) {
            return document;
        }
        Table table =
                new Table(
                        Column.label("figure"),
                        Column.number("differs in"),
                        Column.number("of"),
                        Column.number("first").of("where it differs most"),
                        Column.number("second").of("where it differs most"),
                        Column.number("change").of("where it differs most"),
                        Column.text("where"));
        for (Difference figure : figures) {
            double change =
                    figure.before() == 0 ? Double.NaN : figure.after() / figure.before() - 1;
            table.cells(
                    List.of(
                            Cell.text(figure.figure()),
                            Cell.number("%,d", figure.differing()),
                            Cell.number("%,d", figure.of()),
                            value(figure.before()),
                            value(figure.after()),
                            Double.isNaN(change)
                                    ? Cell.none()
                                    : new Cell(Figures.format("%+.1f %%", 100 * change), change),
                            Cell.text(figure.where())));
        }
        return document.table(table);
    }

    private static Cell value(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Cell.number("%,d", (long) value)
                : Cell.number("%.4g", value);
    }
}
