package org.nestwalk.lab.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.run.RunExperiment;
import org.nestwalk.lab.labs.run.RunResult;
import org.nestwalk.lab.labs.run.RunTogether;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.parameter.Arguments;
import tools.jackson.databind.JsonNode;

/// Runs the cells of a group, and says what comes of each.
final class GroupRunner {
    private final List<Cell> group;
    private final int threads;
    private final ProgressListener watcher;
    private final Consumer<CellEnd> ends;

    /// Runs nothing yet.
    ///
    /// @param group of one workload if it has several
    /// @param threads worker threads, on which results do not depend
    GroupRunner(List<Cell> group, int threads, ProgressListener watcher, Consumer<CellEnd> ends) {
        this.group = group;
        this.threads = threads;
        this.watcher = watcher;
        this.ends = ends;
    }

    /// Runs them.
    ///
    /// @throws EndedEarly if `watcher` ends it
    void run() {
        run(group.size());
    }

    /// Runs at most `together` at a time.
    ///
    /// @throws EndedEarly if `watcher` ends it
    void run(int together) {
        for (int from = 0; from < group.size(); from += together) {
            run(from, Math.min(group.size(), from + together));
        }
    }

    /// Those that do not fit into memory together are run in halves.
    private void run(int from, int to) {
        List<JsonNode> results;
        try {
            results = results(group.subList(from, to));
        } catch (OutOfMemoryError e) {
            if (to - from == 1) {
                fail(from, to, "not enough memory");
            } else {
                int middle = (from + to) / 2;
                run(from, middle);
                run(middle, to);
            }
            return;
        } catch (InputException | GuestFailure e) {
            fail(from, to, String.valueOf(e.getMessage()));
            return;
        }
        for (int i = from; i < to; i++) {
            String line = CellResult.line(group.get(i), results.get(i - from));
            ends.accept(new CellEnd(i, line, ""));
        }
    }

    private void fail(int from, int to, String why) {
        for (int i = from; i < to; i++) {
            ends.accept(new CellEnd(i, "", why));
        }
    }

    private List<JsonNode> results(List<Cell> cells) {
        Laboratory laboratory = Laboratory.watchedBy(watcher);
        Cell first = cells.getFirst();
        if (!(first.experiment() instanceof RunExperiment run)) {
            return List.of(result(first.experiment(), first.arguments(), laboratory));
        }
        List<Arguments> arguments = cells.stream().map(Cell::arguments).toList();
        List<RunResult> all = RunTogether.run(laboratory, arguments, threads);
        List<JsonNode> results = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            results.add(CellResult.of(run, arguments.get(i), all.get(i)));
        }
        return results;
    }

    private static <R> JsonNode result(
            Experiment<R> experiment, Arguments given, Laboratory laboratory) {
        R result = experiment.run(laboratory, given);
        if (laboratory.isEnded()) {
            throw new EndedEarly();
        }
        return CellResult.of(experiment, given, result);
    }
}
