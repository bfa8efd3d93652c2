package org.nestwalk.lab.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;

/// Runs a workload once through many setups.
///
/// The stream is decoded once, in blocks that all setups share; while they run some, the next ones
/// are decoded. Setups have nothing in common but the blocks, and each is given all of them in
/// order, so that results do not depend on threads.
public final class Comparison {
    private static final int BLOCK = 1 << 15;
    private static final int BLOCKS_AHEAD = 8;

    // Of those that are made together the first says what is common to all.
    private final CompareOptions options;
    private final List<CompareOptions> parts;
    private final List<Contender> contenders = new ArrayList<>();
    private final Schedule schedule;

    /// A comparison; all its setups are made now.
    ///
    /// @throws InputException if a setup or layout does not exist
    public Comparison(CompareOptions options) {
        this(List.of(options));
    }

    /// Several comparisons, such as of several machines, which are made in one pass. What comes of
    /// each is what would come of it alone.
    ///
    /// @param parts at least one; all with equal schedules ([CompareOptions#isSchedule])
    /// @throws IllegalArgumentException if they have not
    /// @throws InputException if a setup or layout does not exist
    public Comparison(List<CompareOptions> parts) {
        this(parts, List.of());
    }

    /// The same, of which somebody counts the look-ups of second-level TLBs.
    ///
    /// @param counters for each setup of the first part, in their order; empty for none
    /// @throws IllegalArgumentException if the parts do not go together
    /// @throws InputException if a setup or layout does not exist
    public Comparison(List<CompareOptions> parts, List<? extends LookupCounter> counters) {
        this.parts = List.copyOf(parts);
        this.options = parts.getFirst();
        if (!parts.stream().allMatch(options::isSchedule)) {
            throw new IllegalArgumentException("one pass has one schedule");
        }
        this.schedule = new Schedule(options.warmup(), options.interval(), options.limit());
        for (CompareOptions part : parts) {
            contenders.addAll(Contender.all(part, contenders.isEmpty() ? counters : List.of()));
        }
    }

    /// Has all setups count by page and time, too ([FootprintMap]): each takes longer.
    public void map() {
        contenders.forEach(Contender::map);
    }

    /// Runs `workload` from its beginning. Called once, of a comparison that is made alone.
    ///
    /// @throws InputException if the workload is damaged, or has no accesses beyond the warm-up
    public ComparisonResult run(Workload workload, ProgressListener progress) {
        return runAll(workload, progress).getFirst();
    }

    /// The same of several.
    ///
    /// @return what came of each part, in their order
    public List<ComparisonResult> runAll(Workload workload, ProgressListener progress) {
        boolean complete;
        try (Workers workers = new Workers(options.threads(), contenders)) {
            complete = runBlocks(workload, progress, workers);
        }
        checkNotEmpty(workload, complete);
        if (options.interval() > 0 && contenders.getFirst().hasOpenInterval()) {
            contenders.forEach(Contender::endInterval);
        }
        List<ComparisonResult> results = new ArrayList<>();
        int from = 0;
        for (CompareOptions part : parts) {
            List<Contender> own = contenders.subList(from, from + part.setups().size());
            from += own.size();
            results.add(
                    new ComparisonResult(
                            workload.name(),
                            workload.identity(),
                            part,
                            workload.nonCanonical(),
                            workload.warnings(),
                            workload.dependence(),
                            complete,
                            own.stream().map(Contender::total).toList(),
                            intervals(own),
                            own.stream()
                                    .map(Contender::footprint)
                                    .filter(Objects::nonNull)
                                    .toList()));
        }
        return results;
    }

    /// Returns whether the end was reached.
    private boolean runBlocks(Workload workload, ProgressListener progress, Workers workers) {
        AccessSource source = workload.open();
        OptionalLong total = total(workload);
        int buffers = workers.isThreaded() ? BLOCKS_AHEAD : 1;
        long[][] blocks = new long[buffers][BLOCK];
        List<CompletableFuture<Void>> uses = new ArrayList<>();
        for (int turn = 0; !schedule.isAtLimit(); turn = (turn + 1) % buffers) {
            if (uses.size() == buffers) {
                Workers.await(uses.removeFirst());
            }
            int count = source.next(blocks[turn]);
            if (count == 0) {
                break;
            }
            uses.add(runBlock(blocks[turn], count, workers));
            if (!progress.update(ProgressEvent.run(schedule.done(), total))) {
                workers.join();
                return schedule.isAtLimit() || source.next(blocks[turn]) == 0;
            }
        }
        workers.join();
        return true;
    }

    private CompletableFuture<Void> runBlock(long[] block, int count, Workers workers) {
        CompletableFuture<Void> use = CompletableFuture.completedFuture(null);
        int from = 0;
        while (from < count && !schedule.isAtLimit()) {
            int start = from;
            int end = schedule.advance(block, start, count);
            use = workers.start(contender -> contender.run(block, start, end));
            from = end;
            mark(workers);
        }
        return use;
    }

    private OptionalLong total(Workload workload) {
        OptionalLong total = workload.accesses();
        if (total.isPresent()) {
            return OptionalLong.of(Math.min(total.getAsLong(), options.limit()));
        }
        return options.limit() == Long.MAX_VALUE ? total : OptionalLong.of(options.limit());
    }

    private void mark(Workers workers) {
        if (schedule.isAtWarmupEnd()) {
            var _ = workers.start(Contender::beginCounting);
        }
        if (schedule.isAtIntervalEnd()) {
            var _ = workers.start(Contender::endInterval);
        }
    }

    private void checkNotEmpty(Workload workload, boolean complete) {
        if (schedule.done() == 0 && complete) {
            String why =
                    workload.nonCanonical() > 0
                            ? "it has non-canonical addresses only, %,d"
                                    .formatted(workload.nonCanonical())
                            : "it has no accesses";
            throw new InputException("nothing to run in " + workload.name() + ": " + why);
        }
        if (complete && schedule.done() <= options.warmup()) {
            throw InputException.of(
                    "warmup",
                    "nothing left to count in %s: it ended after %s, within the %,d of the warm-up"
                            .formatted(
                                    workload.name(),
                                    Quantities.counted(schedule.done(), "access"),
                                    options.warmup()));
        }
    }

    private static List<List<SetupCounts>> intervals(List<Contender> contenders) {
        List<List<SetupCounts>> intervals = new ArrayList<>();
        int length = contenders.getFirst().intervals().size();
        for (int i = 0; i < length; i++) {
            int index = i;
            intervals.add(
                    contenders.stream()
                            .map(contender -> contender.intervals().get(index))
                            .toList());
        }
        return intervals;
    }
}
