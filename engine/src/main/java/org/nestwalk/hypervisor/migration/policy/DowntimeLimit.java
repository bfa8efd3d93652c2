package org.nestwalk.hypervisor.migration.policy;

import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;

/// Stops when what is left can be sent within a limit of downtime; a round ends, and written pages
/// are looked for again, when what is left of it can. It never stops a guest that writes faster
/// than that.
///
/// Source: QEMU's `migration_iteration_run` and `threshold_size` (`migration/migration.c`), with a
/// limit of 300 ms by default (`downtime-limit`). The estimate knows the link's bandwidth alone,
/// not the time that CPUs and devices take.
public final class DowntimeLimit implements MigrationPolicy {
    private final long limit;

    /// @param limit nanoseconds
    public DowntimeLimit(long limit) {
        this.limit = limit;
    }

    @Override
    public Step next(MigrationProgress progress) {
        long fits = progress.bytesIn(limit);
        return !progress.rounds().isEmpty() && progress.left() <= fits
                ? new Step.Stop()
                : new Step.Round(progress.rounds().isEmpty() ? 0 : fits);
    }
}
