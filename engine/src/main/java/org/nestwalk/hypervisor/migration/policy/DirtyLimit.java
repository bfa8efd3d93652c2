package org.nestwalk.hypervisor.migration.policy;

import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.Slowing;

/// Limits the rate at which a guest that writes too fast makes pages dirty, and leaves its reads
/// alone.
///
/// Source: QEMU's dirty limit (`migration_dirty_limit_guest` in `migration/ram.c`, 8.1, 2023): 1 MB
/// a second and virtual CPU by default (`vcpu-dirty-limit`), from the moment that auto-converge
/// would begin.
public final class DirtyLimit implements MigrationPolicy {
    private static final double PAGE = 4096;

    private final DowntimeLimit limit;
    private final HighDirtyRate rate;
    private final double bytesPerSecond;
    private boolean limiting;

    /// @param limit nanoseconds of downtime
    /// @param threshold part of what was sent that may be written again
    /// @param bytesPerSecond of dirty pages, all virtual CPUs together
    public DirtyLimit(long limit, double threshold, double bytesPerSecond) {
        this.limit = new DowntimeLimit(limit);
        this.rate = new HighDirtyRate(threshold);
        this.bytesPerSecond = bytesPerSecond;
    }

    @Override
    public Step next(MigrationProgress progress) {
        limiting |= rate.isHigh(progress);
        return limit.next(progress);
    }

    @Override
    public Slowing slowing() {
        return limiting ? Slowing.ofPages(bytesPerSecond / PAGE) : Slowing.NONE;
    }
}
