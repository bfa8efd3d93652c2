package org.nestwalk.lab.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.run.RunExperiment;
import org.nestwalk.lab.labs.run.RunResult;
import org.nestwalk.lab.labs.run.RunTogether;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.parameter.Arguments;
import tools.jackson.databind.JsonNode;

/// Runs what is not finished of a study.
public final class Sweep {
    /// Runs of one workload that are made in one pass: with many more, what they touch no longer
    /// stays in the host's caches.
    private static final int TOGETHER = 64;

    private final Cells cells;
    private final StudyFolder folder;
    private final Shard shard;
    private final int threads;
    private final List<String> failures = new ArrayList<>();
    private int found;
    private int made;

    /// What came of it.
    ///
    /// @param cells of the shard
    /// @param found how many were finished before
    /// @param made how many are now, beside these
    /// @param failures what went wrong with cells that are not, in words
    /// @param ended whether it was ended before it was through
    public record Outcome(int cells, int found, int made, List<String> failures, boolean ended) {
        /// Copies the list.
        public Outcome {
            failures = List.copyOf(failures);
        }
    }

    /// Runs nothing yet.
    ///
    /// @param threads worker threads, on which results do not depend
    public Sweep(Cells cells, StudyFolder folder, Shard shard, int threads) {
        this.cells = cells;
        this.folder = folder;
        this.shard = shard;
        this.threads = threads;
    }

    /// Runs the cells of the shard that are not finished, until all are or `watcher` ends it.
    ///
    /// @throws InputException if another process runs the shard
    public Outcome run(ProgressListener watcher) {
        List<List<Cell>> groups = groups();
        int all = groups.stream().mapToInt(List::size).sum();
        boolean ended = false;
        try (AutoCloseable _ = folder.lock(shard)) {
            for (List<Cell> group : groups) {
                List<Cell> open = group.stream().filter(cell -> !folder.isFinished(cell)).toList();
                found += group.size() - open.size();
                if (!open.isEmpty()) {
                    runGroup(open, new Watch(watcher, all, open.size()));
                }
                if (!watcher.update(event(all, 0))) {
                    ended = true;
                    break;
                }
            }
        } catch (EndedEarly e) {
            ended = true;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return new Outcome(all, found, made, failures, ended);
    }

    private ProgressEvent event(int all, double part) {
        long done = found + made + failures.size() + (long) part;
        return new ProgressEvent("swept", done, OptionalLong.of(all), "cells", Map.of());
    }

    /// The cells of the shard by groups that are run together.
    private List<List<Cell>> groups() {
        Map<Map<String, List<String>>, List<Cell>> byKey = new LinkedHashMap<>();
        List<List<Cell>> groups = new ArrayList<>();
        for (Cell cell : cells.cells()) {
            if (cell.experiment() instanceof RunExperiment) {
                byKey.computeIfAbsent(RunTogether.key(cell.arguments()), _ -> new ArrayList<>())
                        .add(cell);
            } else {
                groups.add(List.of(cell));
            }
        }
        for (List<Cell> alike : byKey.values()) {
            for (int from = 0; from < alike.size(); from += TOGETHER) {
                groups.add(alike.subList(from, Math.min(alike.size(), from + TOGETHER)));
            }
        }
        List<List<Cell>> own = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            if (shard.has(i)) {
                own.add(groups.get(i));
            }
        }
        return own;
    }

    private void runGroup(List<Cell> group, Watch watch) {
        List<JsonNode> results;
        try {
            results = results(group, watch);
        } catch (OutOfMemoryError e) {
            if (group.size() == 1) {
                fail(group, "not enough memory");
            } else {
                runGroup(group.subList(0, group.size() / 2), watch);
                runGroup(group.subList(group.size() / 2, group.size()), watch);
            }
            return;
        } catch (InputException | GuestFailure e) {
            fail(group, String.valueOf(e.getMessage()));
            return;
        }
        // That nothing can be written is not the matter of a cell: it ends the study.
        for (int i = 0; i < group.size(); i++) {
            folder.keep(group.get(i), results.get(i));
            made++;
        }
    }

    private List<JsonNode> results(List<Cell> group, Watch watch) {
        Laboratory laboratory = Laboratory.watchedBy(watch);
        if (!(group.getFirst().experiment() instanceof RunExperiment run)) {
            return List.of(
                    result(
                            group.getFirst().experiment(),
                            group.getFirst().arguments(),
                            laboratory));
        }
        List<Arguments> arguments = group.stream().map(Cell::arguments).toList();
        List<RunResult> all = RunTogether.run(laboratory, arguments, threads);
        List<JsonNode> results = new ArrayList<>();
        for (int i = 0; i < group.size(); i++) {
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

    private void fail(List<Cell> group, String why) {
        group.forEach(cell -> failures.add(cell.name() + ": " + why));
    }

    /// Tells how far a group is as part of all.
    private final class Watch implements ProgressListener {
        private final ProgressListener watcher;
        private final int all;
        private final int size;

        Watch(ProgressListener watcher, int all, int size) {
            this.watcher = watcher;
            this.all = all;
            this.size = size;
        }

        @Override
        public boolean update(ProgressEvent event) {
            double part =
                    event.total().isPresent() && event.total().getAsLong() > 0
                            ? Math.min(1, (double) event.done() / event.total().getAsLong())
                            : 0;
            return watcher.update(event(all, part * size));
        }
    }
}
