package org.nestwalk.lab.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.run.RunExperiment;
import org.nestwalk.lab.labs.run.RunTogether;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;

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
        return locked((groups, all) -> {
            for (List<Cell> group : groups) {
                // Others may have finished some meanwhile.
                List<Cell> open = group.stream().filter(this::isOpen).toList();
                found += group.size() - open.size();
                if (!open.isEmpty()) {
                    runGroup(open, new Watch(watcher, all, open.size()));
                }
                if (!watcher.update(event(all, 0))) {
                    throw new EndedEarly();
                }
            }
        });
    }

    /// The same by an engine, which runs several groups at a time; what comes of them is written
    /// here, as they end.
    ///
    /// @throws InputException if another process runs the shard, or the engine cannot
    public Outcome runOn(SweepEngine engine, ProgressListener watcher) {
        return locked((groups, all) -> {
            Inputs inputs = new Inputs();
            List<SentGroup> sent =
                    groups.stream().map(group -> SentGroup.of(group, inputs)).toList();
            engine.run(sent, threads, new Taking(groups, watcher, all));
        });
    }

    /// Runs groups of cells that are not finished.
    private interface Way {
        /// @param all cells of the shard
        void run(List<List<Cell>> groups, int all);
    }

    private Outcome locked(Way way) {
        List<List<Cell>> groups = groupsOfShard();
        int all = groups.stream().mapToInt(List::size).sum();
        boolean ended = false;
        try (AutoCloseable _ = folder.lock(shard)) {
            List<List<Cell>> open =
                    groups.stream()
                            .map(group -> group.stream().filter(this::isOpen).toList())
                            .filter(group -> !group.isEmpty())
                            .toList();
            found = all - open.stream().mapToInt(List::size).sum();
            way.run(open, all);
        } catch (EndedEarly e) {
            ended = true;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return new Outcome(all, found, made, failures, ended);
    }

    private boolean isOpen(Cell cell) {
        return !folder.isFinished(cell);
    }

    private ProgressEvent event(int all, double part) {
        long done = found + made + failures.size() + (long) part;
        return new ProgressEvent("swept", done, OptionalLong.of(all), "cells", Map.of());
    }

    /// How many parts `cells` has at most: as many shards have something to do.
    public static int parts(Cells cells) {
        return groups(cells).size();
    }

    /// Cells by groups that are run together.
    private static List<List<Cell>> groups(Cells cells) {
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
        return groups;
    }

    private List<List<Cell>> groupsOfShard() {
        List<List<Cell>> groups = groups(cells);
        List<List<Cell>> own = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            if (shard.has(i)) {
                own.add(groups.get(i));
            }
        }
        return own;
    }

    private void runGroup(List<Cell> group, Watch watch) {
        new GroupRunner(group, threads, watch, end -> take(group, end)).run();
    }

    /// That nothing can be written is not the matter of a cell: it ends the study.
    private void take(List<Cell> group, CellEnd end) {
        Cell cell = group.get(end.cell());
        if (end.failure().isEmpty()) {
            folder.keep(cell, end.line());
            made++;
        } else {
            failures.add(cell.name() + ": " + end.failure());
        }
    }

    private final class Taking implements SweepEngine.Results {
        private final List<List<Cell>> groups;
        private final ProgressListener watcher;
        private final int all;

        Taking(List<List<Cell>> groups, ProgressListener watcher, int all) {
            this.groups = groups;
            this.watcher = watcher;
            this.all = all;
        }

        @Override
        public synchronized void take(int group, List<CellEnd> ends) {
            ends.forEach(end -> Sweep.this.take(groups.get(group), end));
        }

        @Override
        public synchronized boolean wanted() {
            return watcher.update(event(all, 0));
        }
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
