package org.nestwalk.report.sweep;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.json.Json;
import org.nestwalk.lab.sweep.Axis;
import org.nestwalk.lab.sweep.Cell;
import org.nestwalk.lab.sweep.Cells;
import org.nestwalk.lab.sweep.StudyFolder;
import org.nestwalk.report.Units;
import tools.jackson.databind.JsonNode;

/// What there is of a study.
///
/// @param axes of the study
/// @param rows one for each finished cell and thing in its result, in the order of the study
/// @param finished how many cells are
/// @param cells of the study
public record StudyResults(List<Axis> axes, List<Row> rows, int finished, int cells) {
    /// Copies the lists.
    public StudyResults {
        axes = List.copyOf(axes);
        rows = List.copyOf(rows);
    }

    /// Figures of one thing in the result of one cell.
    ///
    /// @param cell its number in the study
    /// @param values of the axes, by name
    /// @param of the thing; empty for all of the result
    /// @param figures by name
    public record Row(
            int cell, Map<String, String> values, String of, Map<String, Double> figures) {}

    /// What the folder has of `cells`.
    ///
    /// @throws InputException if a file is damaged, or nothing is finished
    public static StudyResults of(Cells cells, StudyFolder folder) {
        List<Row> rows = new ArrayList<>();
        int finished = 0;
        for (Cell cell : cells.cells()) {
            JsonNode result = folder.result(cell);
            if (result != null) {
                finished++;
                CellFigures.of(result)
                        .forEach((of, figures) ->
                                rows.add(new Row(cell.index(), cell.values(), of, figures)));
            }
        }
        if (finished == 0) {
            throw new InputException(
                    "nothing of the study in %s is finished; run nestwalk sweep first"
                            .formatted(folder.path()));
        }
        fill(rows, Units.ofExperiment(cells.study().experiment()));
        return new StudyResults(cells.study().axes(), rows, finished, cells.cells().size());
    }

    /// A tally that says nothing of a name has counted none, which is not the same as no figure: it
    /// belongs into means.
    private static void fill(List<Row> rows, Units units) {
        Map<String, Set<String>> names = new LinkedHashMap<>();
        rows.forEach(row ->
                row.figures()
                        .keySet()
                        .forEach(name -> {
                            String tally = tally(name);
                            if (units.isTally(tally.replaceFirst(".* ", ""))) {
                                names.computeIfAbsent(tally, _ -> new LinkedHashSet<>()).add(name);
                            }
                        }));
        for (Row row : rows) {
            Set<String> own = new HashSet<>();
            row.figures().keySet().forEach(name -> own.add(tally(name)));
            names.forEach((tally, all) -> {
                if (own.contains(tally)) {
                    all.forEach(name -> row.figures().putIfAbsent(name, 0.0));
                }
            });
        }
    }

    private static String tally(String name) {
        int end = name.lastIndexOf(' ');
        return end < 0 ? "" : name.substring(0, end);
    }

    /// The lines of `results.jsonl`: an object for each finished cell, in order.
    static Stream<String> lines(Cells cells, StudyFolder folder) {
        return cells.cells().stream()
                .map(cell -> line(cell, folder.result(cell)))
                .filter(line -> !line.isEmpty());
    }

    private static String line(Cell cell, @Nullable JsonNode result) {
        if (result == null) {
            return "";
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("cell", cell.index());
        line.put("id", cell.id());
        line.put("values", cell.values());
        line.put("result", result);
        return Json.line(line) + "\n";
    }

    /// The names of all figures, in the order in which they come.
    public List<String> names() {
        Set<String> names = new LinkedHashSet<>();
        rows.forEach(row -> names.addAll(row.figures().keySet()));
        return List.copyOf(names);
    }

    /// The things that figures are of, in the order in which they come.
    public List<String> things() {
        Set<String> things = new LinkedHashSet<>();
        rows.forEach(row -> things.add(row.of()));
        return List.copyOf(things);
    }
}
