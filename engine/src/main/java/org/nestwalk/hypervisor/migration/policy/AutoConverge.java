package org.nestwalk.hypervisor.migration.policy;

import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.Slowing;

/// Withholds more and more of its time from a guest that writes too fast for a limit of downtime.
///
/// Source: QEMU's auto-converge (`mig_throttle_guest_down` in `migration/ram.c`): 20 % at first, 10
/// points more each time, 99 % at most.
public final class AutoConverge implements MigrationPolicy {
    private final DowntimeLimit limit;
    private final HighDirtyRate rate;
    private final double initial;
    private final double increment;
    private final double most;
    private boolean begun;
    private double withheld;

    /// @param limit nanoseconds of downtime
    /// @param threshold part of what was sent that may be written again
    /// @param initial part of its time withheld at first
    /// @param increment how much more each time
    /// @param most at most, below 1
    public AutoConverge(
            long limit, double threshold, double initial, double increment, double most) {
        this.limit = new DowntimeLimit(limit);
        this.rate = new HighDirtyRate(threshold);
        this.initial = initial;
        this.increment = increment;
        this.most = most;
    }

    @Override
    public Step next(MigrationProgress progress) {
        if (rate.isHigh(progress)) {
            withheld = Math.min(most, begun ? withheld + increment : initial);
            begun = true;
        }
        return limit.next(progress);
    }

    @Override
    public Slowing slowing() {
        return Slowing.ofTime(withheld);
    }
}
