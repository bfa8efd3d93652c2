package org.nestwalk.report.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nestwalk.InputException;
import org.nestwalk.Names;
import org.nestwalk.document.Measure;
import org.nestwalk.lab.sweep.Axis;
import org.nestwalk.report.Units;

/// One figure of a study in rows and columns: means over all axes that are in neither.
///
/// @param figure its name
/// @param measure the same with its unit
/// @param down axes whose values make rows
/// @param across the axis whose values make columns; none if all are in rows
/// @param averaged axes that means are over
/// @param rows in the order of the study
public record StudyPivot(
        String figure,
        Measure measure,
        List<Axis> down,
        Optional<Axis> across,
        List<Axis> averaged,
        List<Row> rows) {
    /// Axes over which figures are averaged unless that is asked otherwise.
    private static final String SEED = "seed";

    private static final String SEEDS = "seeds";

    private static final String THING = "of";
    private static final int MOST_COLUMNS = 12;

    /// Copies the lists.
    public StudyPivot {
        down = List.copyOf(down);
        averaged = List.copyOf(averaged);
        rows = List.copyOf(rows);
    }

    /// A row.
    ///
    /// @param labels the values of the axes that make rows
    /// @param cells estimates by the values of the axis that makes columns; by `""` without one
    record Row(List<String> labels, Map<String, Estimate> cells) {}

    /// What is wanted of a study.
    ///
    /// @param figure a figure's name
    /// @param rows names of axes whose values make rows; empty for those that vary and are not in
    ///   columns
    /// @param columns the name of the axis whose values make columns; empty for the last that
    ///   varies, if it has few values
    /// @param of the thing that figures are of; empty for all that there are
    public record Wanted(String figure, List<String> rows, String columns, String of) {
        /// Copies the list.
        public Wanted {
            rows = List.copyOf(rows);
        }
    }

    /// The pivot that is wanted.
    ///
    /// @throws InputException if there is no such figure, thing or axis
    public static StudyPivot of(StudyResults results, Units units, Wanted wanted) {
        requireFigure(results, wanted.figure());
        return of(results, units, wanted, across(varying(results, wanted), wanted));
    }

    private static StudyPivot of(
            StudyResults results, Units units, Wanted wanted, Optional<Axis> across) {
        requireFigure(results, wanted.figure());
        List<Axis> varying = varying(results, wanted);
        List<Axis> down = down(varying, across, wanted);
        List<Axis> averaged =
                varying.stream()
                        .filter(axis ->
                                !down.contains(axis) && across.filter(axis::equals).isEmpty())
                        .toList();
        Map<List<String>, Map<String, List<Double>>> values = new LinkedHashMap<>();
        for (StudyResults.Row row : results.rows()) {
            Double value = row.figures().get(wanted.figure());
            if (value != null && (wanted.of().isEmpty() || wanted.of().equals(row.of()))) {
                List<String> labels = down.stream().map(axis -> value(row, axis)).toList();
                String column = across.map(axis -> value(row, axis)).orElse("");
                values.computeIfAbsent(labels, _ -> new LinkedHashMap<>())
                        .computeIfAbsent(column, _ -> new ArrayList<>())
                        .add(value);
            }
        }
        List<Row> rows = new ArrayList<>();
        values.forEach((labels, cells) -> {
            Map<String, Estimate> estimates = new LinkedHashMap<>();
            cells.forEach((column, all) -> estimates.put(column, Estimate.of(all)));
            rows.add(new Row(labels, estimates));
        });
        String unit = units.ofFigure(wanted.figure());
        Measure measure = Measure.of(wanted.figure());
        return new StudyPivot(
                wanted.figure(),
                unit == null ? measure : measure.in(unit),
                down,
                across,
                averaged,
                rows);
    }

    /// A figure with all axes in rows.
    ///
    /// @param rows as of [Wanted]
    /// @throws InputException as [#of]
    public static StudyPivot inRows(
            StudyResults results, Units units, String figure, List<String> rows, String of) {
        List<String> all = rows;
        if (rows.isEmpty()) {
            all =
                    varying(results, new Wanted(figure, rows, "", of)).stream()
                            .filter(axis -> !isSeed(axis))
                            .map(Axis::name)
                            .toList();
        }
        return of(results, units, new Wanted(figure, all, "", of), Optional.empty());
    }

    private static String value(StudyResults.Row row, Axis axis) {
        return axis.name().equals(THING) ? row.of() : row.values().getOrDefault(axis.name(), "");
    }

    private static void requireFigure(StudyResults results, String figure) {
        List<String> names = results.names();
        if (!names.contains(figure)) {
            throw new InputException(
                    "the study has no figure '%s'%s; without a figure, nestwalk sweep show lists all"
                            .formatted(figure, Names.suggestion(figure, names)));
        }
    }

    /// The axes of more than one value; things of results, if there are several, are one, too.
    private static List<Axis> varying(StudyResults results, Wanted wanted) {
        List<Axis> varying =
                new ArrayList<>(
                        results.axes().stream().filter(axis -> axis.values().size() > 1).toList());
        List<String> things =
                results.rows().stream()
                        .filter(row -> row.figures().containsKey(wanted.figure()))
                        .map(StudyResults.Row::of)
                        .distinct()
                        .toList();
        if (!wanted.of().isEmpty() && !things.contains(wanted.of())) {
            throw new InputException(
                    "no result has a '%s'%s; there are %s"
                            .formatted(
                                    wanted.of(),
                                    Names.suggestion(wanted.of(), things),
                                    String.join("; ", things)));
        }
        if (things.size() > 1 && wanted.of().isEmpty()) {
            varying.add(new Axis(THING, things));
        }
        return varying;
    }

    private static Axis named(List<Axis> varying, String name) {
        List<String> names = varying.stream().map(Axis::name).toList();
        return varying.stream()
                .filter(axis -> axis.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new InputException(
                                "the study varies no '%s'%s; it varies %s"
                                        .formatted(
                                                name,
                                                Names.suggestion(name, names),
                                                names.isEmpty()
                                                        ? "nothing"
                                                        : String.join(", ", names))));
    }

    private static Optional<Axis> across(List<Axis> varying, Wanted wanted) {
        if (!wanted.columns().isEmpty()) {
            return Optional.of(named(varying, wanted.columns()));
        }
        List<Axis> free =
                varying.stream()
                        .filter(axis -> !isSeed(axis) && !wanted.rows().contains(axis.name()))
                        .toList();
        return free.size() < (wanted.rows().isEmpty() ? 2 : 1)
                        || free.getLast().values().size() > MOST_COLUMNS
                ? Optional.empty()
                : Optional.of(free.getLast());
    }

    private static List<Axis> down(List<Axis> varying, Optional<Axis> across, Wanted wanted) {
        if (!wanted.rows().isEmpty()) {
            List<Axis> rows = wanted.rows().stream().map(name -> named(varying, name)).toList();
            if (across.filter(rows::contains).isPresent()) {
                throw new InputException(
                        across.get().name() + " makes columns; it cannot make rows, too");
            }
            return rows;
        }
        return varying.stream()
                .filter(axis -> !isSeed(axis) && across.filter(axis::equals).isEmpty())
                .toList();
    }

    private static boolean isSeed(Axis axis) {
        return axis.name().equals(SEED)
                || axis.name().equals(SEEDS)
                || axis.name().endsWith("." + SEED);
    }
}
