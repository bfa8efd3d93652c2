package org.nestwalk.hypervisor.migration.policy;

import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;

/// A limit of downtime that grows with each round after the first, so that guests that never fit a
/// short one are stopped by a longer one.
///
/// Source: KubeVirt, enhancement 291 (2026): from 150 ms to 1,050 ms by iteration after the bulk
/// copy. By how much in each is for whoever uses it.
public final class RampingLimit implements MigrationPolicy {
    private final long from;
    private final long to;
    private final long step;

    /// @param from nanoseconds, after the first round
    /// @param to nanoseconds at most
    /// @param step nanoseconds more after each round
    public RampingLimit(long from, long to, long step) {
        this.from = from;
        this.to = to;
        this.step = step;
    }

    @Override
    public Step next(MigrationProgress progress) {
        int rounds = progress.rounds().size();
        long limit = Math.min(to, from + step * Math.max(0, rounds - 1));
        return new DowntimeLimit(limit).next(progress);
    }
}
