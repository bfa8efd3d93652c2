package org.nestwalk.hypervisor.migration;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What came of a migration.
///
/// @param failure why the guest stayed where it was; null if it did not
/// @param nanoseconds until the guest needed nothing from here any more, or stayed
/// @param bytes sent
/// @param rounds of pre-copy, in order
/// @param downtime in which the guest did not run, in parts
/// @param lost nanoseconds that it did not run beside that
/// @param postCopy whether the guest went on over there before its memory was there: it would have
///   been lost with the link
/// @param faults accesses that waited for a page of theirs
/// @param longestPause nanoseconds of the longest time without a step of the program: the downtime,
///   or the longest wait for a page
public record MigrationOutcome(
        @Nullable String failure,
        long nanoseconds,
        long bytes,
        List<MigrationRound> rounds,
        Downtime downtime,
        long lost,
        boolean postCopy,
        long faults,
        long longestPause) {
    /// Copies the list.
    public MigrationOutcome {
        rounds = List.copyOf(rounds);
    }

    /// Nanoseconds in which the guest ran nowhere.
    ///
    /// @param memory sending the last pages
    /// @param handOver state of CPUs and devices, and agreeing on who runs
    public record Downtime(long memory, long handOver) {
        /// All of it.
        public long all() {
            return memory + handOver;
        }
    }

    /// What a migration that its observer has ended failed of.
    static final String CANCELLED = "cancelled";

    /// Whether its observer has ended it.
    public boolean isCancelled() {
        return CANCELLED.equals(failure);
    }

    /// The same, failed of something else.
    public MigrationOutcome failedBy(String reason) {
        return new MigrationOutcome(
                reason, nanoseconds, bytes, rounds, downtime, lost, postCopy, faults, longestPause);
    }

    /// Whether the guest went where it was sent.
    public boolean succeeded() {
        return failure == null;
    }

    /// The part of its time that the guest did not run, the downtime left aside.
    public double slowdown() {
        long ran = nanoseconds - downtime.all();
        return ran <= 0 ? 0 : Math.min(1, (double) lost / ran);
    }
}
