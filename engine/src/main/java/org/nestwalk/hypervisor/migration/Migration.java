package org.nestwalk.hypervisor.migration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.nestwalk.hypervisor.migration.MigrationPolicy.Step;
import org.nestwalk.memory.PageSet;

/// A migration: rounds of pre-copy, until its policy stops the guest, has it go on over there
/// before its memory is there, or gives up.
///
/// Source: Clark, Fraser, Hand, Hansen, Jul, Limpach, Pratt and Warfield, "Live migration of
/// virtual machines", NSDI 2005 (pre-copy); Hines, Deshpande and Gopalan, "Post-copy live migration
/// of virtual machines", ACM SIGOPS Operating Systems Review, July 2009 (post-copy).
public final class Migration {
    /// Nanoseconds between two questions to a policy whether a round goes on: those between two
    /// estimates of bandwidth in QEMU (`BUFFER_DELAY`).
    public static final long WATCH = 100_000_000;

    private final MigrationGround ground;
    private final MigrationPolicy policy;
    private final Predicate<MigrationProgress> observer;
    private final List<MigrationRound> rounds = new ArrayList<>();
    private PageSet left = new PageSet();
    private long sent;

    /// @param observer is told of each step, and ends the migration by returning false
    public Migration(
            MigrationGround ground, MigrationPolicy policy, Predicate<MigrationProgress> observer) {
        this.ground = ground;
        this.policy = policy;
        this.observer = observer;
    }

    /// Migrates. Called once.
    public MigrationOutcome run() {
        try {
            return migrate();
        } catch (GroundFailure e) {
            return fail(e.reason());
        }
    }

    private MigrationOutcome migrate() {
        left = ground.begin();
        while (true) {
            MigrationProgress progress = progress();
            if (!observer.test(progress)) {
                return fail(MigrationOutcome.CANCELLED);
            }
            Step step = policy.next(progress);
            ground.slow(policy.slowing());
            switch (step) {
                case Step.Round(long until) -> round(until);
                case Step.Stop _ -> {
                    return stopAndCopy();
                }
                case Step.PostCopy _ -> {
                    return postCopy();
                }
                case Step.Abort(String reason) -> {
                    return fail(reason);
                }
            }
        }
    }

    private MigrationProgress progress() {
        return new MigrationProgress(
                ground.now(),
                ground.bytesOf(left),
                sent,
                ground.bandwidth(),
                ground.memoryBytes(),
                Collections.unmodifiableList(rounds));
    }

    private void round(long until) {
        long start = ground.now();
        long before = left.size();
        long bytes = 0;
        boolean cut = false;
        while (!cut && ground.bytesOf(left) > until) {
            long now = ground.send(left, until, WATCH);
            bytes += now;
            sent += now;
            MigrationProgress progress = progress();
            cut =
                    ground.bytesOf(left) > until
                            && (policy.interrupts(progress) || !observer.test(progress));
        }
        long pages = before - left.size();
        long written = ground.collect(left);
        rounds.add(
                new MigrationRound(
                        start,
                        ground.now() - start,
                        pages,
                        bytes,
                        written,
                        ground.bytesOf(left),
                        policy.slowing().withheld()));
    }

    private MigrationOutcome stopAndCopy() {
        ground.slow(Slowing.NONE);
        ground.stop();
        long stopped = ground.now();
        long _ = ground.collect(left);
        while (!left.isEmpty()) {
            sent += ground.send(left, 0, WATCH);
        }
        long memory = ground.now() - stopped;
        long handOver = ground.handOver(left);
        return new MigrationOutcome(
                null,
                ground.now(),
                sent,
                rounds,
                new MigrationOutcome.Downtime(memory, handOver),
                ground.lost(),
                false,
                0,
                Math.max(memory + handOver, ground.longestWait()));
    }

    private MigrationOutcome postCopy() {
        ground.slow(Slowing.NONE);
        ground.stop();
        long _ = ground.collect(left);
        long handOver = ground.handOver(left);
        MigrationGround.Pulled pulled = ground.pull(left);
        return new MigrationOutcome(
                null,
                ground.now(),
                sent + pulled.bytes(),
                rounds,
                new MigrationOutcome.Downtime(0, handOver),
                ground.lost(),
                true,
                pulled.faults(),
                Math.max(Math.max(handOver, pulled.longestWait()), ground.longestWait()));
    }

    private MigrationOutcome fail(String reason) {
        ground.slow(Slowing.NONE);
        return new MigrationOutcome(
                reason,
                ground.now(),
                sent,
                rounds,
                new MigrationOutcome.Downtime(0, 0),
                ground.lost(),
                false,
                0,
                ground.longestWait());
    }
}
