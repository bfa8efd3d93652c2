package org.nestwalk.lab.labs.restore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.fork.Divergence;
import org.nestwalk.lab.labs.restore.RestoreComparison.Way;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.snapshot.RestoreExperiment;
import org.nestwalk.lab.snapshot.RestorePlan;
import org.nestwalk.lab.snapshot.RestoredGuest;
import org.nestwalk.lab.snapshot.Restores;
import org.nestwalk.lab.snapshot.SnapshotExperiment;
import org.nestwalk.lab.snapshot.SnapshotFile;
import org.nestwalk.lab.snapshot.SnapshotHost;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.memory.PageSet;

/// A snapshot in a folder of its own, the clones that go on from it, and the working set that the
/// first of them leaves.
final class SavedClones implements AutoCloseable {
    private final SnapshotHost host;
    private final Path folder;
    private final Path file;
    private final SnapshotExperiment.Result taken;
    private final Divergence divergence;
    private final boolean seeds;
    private final List<PageSet> needed = new ArrayList<>();

    /// Takes the snapshot of `program` when it has made `after` accesses.
    ///
    /// @param seeds whether each clone begins the program anew with a seed of its own
    /// @throws org.nestwalk.InputException if the program ends before
    SavedClones(
            SnapshotHost host, GuestProgram program, long memoryBytes, long after, boolean seeds) {
        this.host = host;
        this.seeds = seeds;
        this.folder = newFolder();
        boolean whole = false;
        try {
            file = folder.resolve("saved.nws");
            taken =
                    SnapshotExperiment.run(
                            program.task(0).text(), host, memoryBytes, after, file, null);
            try (SnapshotFile saved = SnapshotFile.open(file)) {
                divergence = new Divergence(program, saved.state(), seeds);
            }
            whole = true;
        } finally {
            if (!whole) {
                delete(folder);
            }
        }
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("nestwalk-restore");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What came of taking the snapshot.
    SnapshotExperiment.Result taken() {
        return taken;
    }

    /// Has clones go on lazily, each of its own, and keeps what the first needs as the working set.
    ///
    /// @param count how many
    /// @throws EndedEarly if `progress` says to end it
    void record(int count, ProgressListener progress) {
        for (int clone = count; clone >= 1; clone--) {
            String notKept = run(RestorePlan.RECORDING, clone, progress).notKept();
            if (notKept != null) {
                throw new InputException(notKept);
            }
            PageSet pages = new PageSet();
            try (SnapshotFile saved = SnapshotFile.open(file);
                    SnapshotFile set = Restores.workingSet(saved)) {
                set.pages(pages);
            }
            needed.addFirst(pages);
        }
    }

    /// Has the last clone go on as `named` says.
    ///
    /// @throws EndedEarly if `progress` says to end it
    Way goOn(RestorePlan.Named named, ProgressListener progress) {
        RestoreExperiment.Result result = run(named.plan(), needed.size(), progress);
        RestoreExperiment.TaskResult task = result.tasks().getFirst();
        return new Way(
                named.label(),
                result.nanosToFirst(),
                result.nanosTo90(),
                result.nanosToEnd(),
                result.tail().faults(),
                result.loading().faultPages(),
                result.loading().prefetchPages(),
                result.loading().backgroundPages(),
                result.loading().bytes(),
                result.tail(),
                result.isVerified(),
                task.failure());
    }

    /// Opens the file anew, so that none finds what another one has read.
    private RestoreExperiment.Result run(RestorePlan plan, int clone, ProgressListener progress) {
        try (SnapshotFile saved = SnapshotFile.open(file)) {
            return RestoreExperiment.run(saved, host, plan, guest(clone), known(progress));
        }
    }

    /// Who restores does not know how much there is to do.
    private ProgressListener known(ProgressListener progress) {
        long total = taken.accesses() - (seeds ? 0 : taken.after());
        return event ->
                progress.update(
                        new ProgressEvent(
                                event.phase(),
                                event.done(),
                                OptionalLong.of(total),
                                event.unit(),
                                event.figures()));
    }

    private RestoredGuest guest(int clone) {
        return new RestoredGuest(
                divergence.stateOf(clone),
                divergence::open,
                _ -> divergence.expected(clone).getFirst());
    }

    /// Pages that the first clone needs.
    long recordedPages() {
        return needed.getFirst().size();
    }

    /// Pages that the last clone needs.
    long neededPages() {
        return needed.getLast().size();
    }

    /// Pages that both need.
    long recordedAndNeeded() {
        return common(needed.getFirst(), needed.getLast());
    }

    /// The Jaccard index of what clones next to each other need, on average; null for one clone.
    @Nullable Double overlap() {
        if (needed.size() == 1) {
            return null;
        }
        double sum = 0;
        for (int i = 1; i < needed.size(); i++) {
            long common = common(needed.get(i - 1), needed.get(i));
            long all = needed.get(i - 1).size() + needed.get(i).size() - common;
            sum += all == 0 ? 1 : (double) common / all;
        }
        return sum / (needed.size() - 1);
    }

    private static long common(PageSet one, PageSet other) {
        PageSet both = new PageSet();
        both.addAll(one);
        both.addAll(other);
        return one.size() + other.size() - both.size();
    }

    @Override
    public void close() {
        delete(folder);
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
