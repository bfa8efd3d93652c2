package org.nestwalk.hypervisor.migration.policy;

import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;

/// A limit of downtime, and a deadline at which a guest that does not fit it stays where it is, or
/// is stopped whatever that takes.
///
/// Source: Cloud Hypervisor's `downtime_ms`, `timeout_s` and `timeout_strategy` (pull request 7835,
/// 2026): 300 ms, 3,600 s, cancel.
public final class Deadline implements MigrationPolicy {
    private final DowntimeLimit limit;
    private final long deadline;
    private final boolean force;

    /// @param limit nanoseconds of downtime
    /// @param deadline nanoseconds since the migration began
    /// @param force whether the guest is stopped then
    public Deadline(long limit, long deadline, boolean force) {
        this.limit = new DowntimeLimit(limit);
        this.deadline = deadline;
        this.force = force;
    }

    @Override
    public Step next(MigrationProgress progress) {
        if (progress.nanoseconds() < deadline) {
            return limit.next(progress);
        }
        return force
                ? new Step.Stop()
                : new Step.Abort("it did not fit the downtime before its deadline");
    }

    @Override
    public boolean interrupts(MigrationProgress progress) {
        return progress.nanoseconds() >= deadline;
    }
}
