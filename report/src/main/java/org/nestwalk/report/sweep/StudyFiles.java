package org.nestwalk.report.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nestwalk.document.json.Json;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.labs.Experiments;
import org.nestwalk.lab.sweep.Axis;
import org.nestwalk.lab.sweep.Cells;
import org.nestwalk.lab.sweep.StudyFolder;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.report.Units;

/// The files in which other tools find all of a study: `results.jsonl`, a line for each cell;
/// `results.csv`, one table; and `results.schema.json`, what its columns are.
public final class StudyFiles {
    private StudyFiles() {}

    /// Writes them if all cells are finished.
    ///
    /// @return whether they are
    /// @throws org.nestwalk.InputException if a cell's file is damaged
    public static boolean gather(Cells cells, StudyFolder folder) {
        if (!cells.cells().stream().allMatch(folder::isFinished)) {
            return false;
        }
        write(cells, folder);
        return true;
    }

    /// Writes them with the cells that are finished, of which there is one.
    public static void write(Cells cells, StudyFolder folder) {
        StudyResults results = StudyResults.of(cells, folder);
        folder.write("results.jsonl", StudyResults.lines(cells, folder));
        folder.write("results.csv", StudyCsv.text(results));
        folder.write("results.schema.json", schema(cells, results));
    }

    private static String schema(Cells cells, StudyResults results) {
        String name = cells.study().experiment();
        List<Parameter> parameters =
                Experiments.find(name)
                        .map(Experiment::spec)
                        .map(Experiment.Spec::all)
                        .orElse(List.of());
        Units units = Units.ofExperiment(name);
        List<Map<String, String>> columns = new ArrayList<>();
        columns.add(column("cell", "", "the number of the cell, in the order of the study"));
        for (Axis axis : results.axes()) {
            Optional<Parameter> parameter =
                    parameters.stream().filter(one -> one.name().equals(axis.name())).findFirst();
            columns.add(
                    column(
                            axis.name(),
                            "",
                            parameter
                                    .map(Parameter::meaning)
                                    .orElse("a field of the machine, or of the programs")));
        }
        if (results.things().size() > 1) {
            columns.add(column("of", "", "the part of the result that figures are of"));
        }
        for (String figure : results.names()) {
            columns.add(column(figure, units.name(figure), units.meaningOf(figure)));
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("experiment", name);
        schema.put("columns", columns);
        return Json.line(schema) + "\n";
    }

    private static Map<String, String> column(String name, String unit, String meaning) {
        Map<String, String> column = new LinkedHashMap<>();
        column.put("name", name);
        column.put("unit", unit);
        column.put("meaning", meaning);
        return column;
    }
}
