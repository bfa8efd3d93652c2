package org.nestwalk.lab.sweep;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.progress.ProgressListener;

/// Cells that are run together, as they are sent to another process, which may be on another host:
/// what the study sets for each, and its id, by which the other process finds out whether it would
/// run the same.
///
/// @param experiment its name
/// @param values of the axes, for each cell
/// @param ids of the cells
public record SentGroup(String experiment, List<Map<String, String>> values, List<String> ids)
        implements Serializable {
    private static final int MOST_HALVINGS = 30;

    /// Copies the lists.
    public SentGroup {
        values = List.copyOf(values);
        ids = List.copyOf(ids);
    }

    /// @param inputs that digests of files are known from
    /// @throws InputException if an argument names a file that other processes would look for
    ///   elsewhere
    static SentGroup of(List<Cell> group, Inputs inputs) {
        group.forEach(cell -> inputs.requireAbsolute(cell.arguments()));
        return new SentGroup(
                group.getFirst().experiment().spec().name(),
                group.stream()
                        .map(Cell::values)
                        .<Map<String, String>>map(LinkedHashMap::new)
                        .toList(),
                group.stream().map(Cell::id).toList());
    }

    /// Runs them here.
    ///
    /// @param attempt how often the same was begun before and not ended, from 0: each time half as
    ///   many cells are run together, since a process with too little memory may be why
    /// @param threads worker threads, on which results do not depend
    /// @param watcher who may end it
    /// @return what came of each
    /// @throws org.nestwalk.lab.experiment.EndedEarly if `watcher` ends it
    public List<CellEnd> run(int attempt, int threads, ProgressListener watcher) {
        List<CellEnd> ends = new ArrayList<>();
        List<Cell> cells;
        try {
            cells = cells();
        } catch (InputException e) {
            for (int i = 0; i < ids.size(); i++) {
                ends.add(new CellEnd(i, "", String.valueOf(e.getMessage())));
            }
            return ends;
        }
        new GroupRunner(cells, threads, watcher, ends::add)
                .run(Math.max(1, ids.size() >> Math.min(attempt, MOST_HALVINGS)));
        return ends;
    }

    private List<Cell> cells() {
        Experiment<?> named = Cells.experiment(experiment);
        Inputs inputs = new Inputs();
        Asking asking = new Asking(named, inputs);
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            Cell cell = Cells.cell(i, values.get(i), named, asking, inputs);
            if (!cell.id().equals(ids.get(i))) {
                throw new InputException(
                        "a host has another Nestwalk, or other files under the names that the study"
                                + " gives; all hosts need the same");
            }
            cells.add(cell);
        }
        return cells;
    }
}
