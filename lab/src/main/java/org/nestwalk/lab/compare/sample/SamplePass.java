package org.nestwalk.lab.compare.sample;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.lab.compare.Contender;
import org.nestwalk.lab.compare.Workers;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;

/// One pass over a workload, in which a plan says what is skipped, made and measured. What is
/// measured becomes the intervals of the contenders.
final class SamplePass {
    private static final int BLOCK = 1 << 15;
    private static final int BLOCKS_AHEAD = 8;

    private final Workers workers;
    private final SkippedAccesses skipped;
    private final List<SamplePlan.Phase> phases;
    private final long from;
    private final long limit;
    private final long[] firsts = new long[BLOCK];
    private int phase;
    private long done;
    private long made;
    private boolean complete = true;

    /// @param size how much is made before a unit
    /// @param limit most accesses
    SamplePass(Workers workers, SamplePlan plan, SampleSize size, long limit) {
        this.workers = workers;
        this.skipped = new SkippedAccesses(size.lines());
        this.phases = plan.phases(size.warm());
        this.from = plan.from();
        this.limit = limit;
        if (from == 0) {
            each(Contender::beginCounting);
        }
    }

    /// Accesses that have passed.
    long done() {
        return done;
    }

    /// Accesses that were made in every setup, to measure them or to fill caches and TLBs.
    long made() {
        return made;
    }

    /// Whether it came to the end.
    boolean isComplete() {
        return complete;
    }

    /// Goes through `source`, of which `total` accesses are expected.
    void run(AccessSource source, long total, ProgressListener progress) {
        int buffers = workers.isThreaded() ? BLOCKS_AHEAD : 1;
        long[][] blocks = new long[buffers][BLOCK];
        List<CompletableFuture<Void>> uses = new ArrayList<>();
        for (int turn = 0; done < limit; turn = (turn + 1) % buffers) {
            if (uses.size() == buffers) {
                Workers.await(uses.removeFirst());
            }
            int count = source.next(blocks[turn]);
            if (count == 0) {
                break;
            }
            uses.add(runBlock(blocks[turn], count));
            if (!progress.update(ProgressEvent.run(done, OptionalLong.of(total)))) {
                complete = false;
                break;
            }
        }
        workers.join();
    }

    private CompletableFuture<Void> runBlock(long[] block, int count) {
        CompletableFuture<Void> use = CompletableFuture.completedFuture(null);
        int at = 0;
        while (at < count && done < limit) {
            SamplePlan.Phase now = phases.get(phase);
            long room = Math.min(now.end(), limit) - done;
            int end = room >= count - at ? count : Access.skip(block, at, count, room);
            int start = at;
            if (now.way() == SamplePlan.Way.SKIP) {
                int found = skipped.skip(block, start, end, firsts);
                if (found > 0) {
                    long[] some = Arrays.copyOf(firsts, found);
                    each(contender -> contender.prepare(some));
                }
            } else {
                use = workers.start(contender -> contender.run(block, start, end));
            }
            long passed = Access.count(block, start, end);
            made += now.way() == SamplePlan.Way.SKIP ? 0 : passed;
            done += passed;
            at = end;
            if (done == now.end()) {
                finish(now.way());
            }
        }
        return use;
    }

    private void finish(SamplePlan.Way way) {
        if (way == SamplePlan.Way.MEASURE) {
            each(Contender::endInterval);
        } else if (way == SamplePlan.Way.SKIP) {
            replay();
        }
        phase++;
        if (done == from) {
            each(Contender::beginCounting);
        }
        if (phases.get(phase).way() == SamplePlan.Way.MEASURE) {
            each(Contender::beginInterval);
        }
    }

    /// Makes what was skipped last, so that caches and TLBs hold it.
    private void replay() {
        long[] lines = skipped.replay();
        skipped.forget();
        made += lines.length;
        each(contender -> contender.run(lines, 0, lines.length));
    }

    private void each(Consumer<Contender> task) {
        var _ = workers.start(task);
    }
}
